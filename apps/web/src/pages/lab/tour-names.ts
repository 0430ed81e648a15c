/** The guided tours of the Lab, in the order in which they are offered. */
export const tourNames = ["averaging", "facts", "forgetting"] as const;

export type TourName = (typeof tourNames)[number];

/** While the agents' history is walked through, what they came to is asked for anew each second. */
export function whileWalking(answer: { readonly walkShare: number | null } | undefined): number | false {
  return answer === undefined || answer.walkShare === null ? false : 1_000;
}

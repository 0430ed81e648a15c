/** What each policy of the catalogue is, and when it fails: two sentences, for somebody who meets it for the first time. */

export interface PolicyNote {
  readonly what: string;
  readonly fails: string;
}

const notes: Readonly<Record<string, PolicyNote>> = {
  adahedge: {
    what: "Exponential weights by regret, at a rate that follows from what hedging has cost so far: no rate has to be chosen.",
    fails:
      "When the best agent changes: what was earned long ago counts as much as what was earned yesterday.",
  },
  "bayesian-model-averaging": {
    what: "Weighs each agent by the posterior probability that it alone is right, given its log score so far.",
    fails: "When no agent is right, which is usual: it soon puts all weight on the least wrong one.",
  },
  boa: {
    what: "Exponential weights with a second-order correction: an agent whose advantage jumps about is trusted more slowly.",
    fails:
      "With few rounds it hardly leaves equal weights, and after a change of the best agent it follows late.",
  },
  dempster: {
    what: "Takes the opinions for independent pieces of evidence, multiplies them, and throws away the part that contradicts itself.",
    fails:
      "When agents read the same data it counts that data again and again; near total conflict a sliver of agreement becomes certainty.",
  },
  ewa: {
    what: "Each agent's weight shrinks exponentially with what it has lost, at a fixed learning rate.",
    fails:
      "When the rate does not fit the size of the losses: too low learns nothing, too high chases the last winner.",
  },
  "ewa-tuned": {
    what: "Exponential weights that watch several rates at once and use the one that would have served best so far.",
    fails:
      "The best rate of the past need not be that of the future, and a change of the best agent is followed late.",
  },
  "extremized-pool": {
    what: "The mean of the opinions, then pushed away from the prior: agents who each hold a part of the picture are together surer than any.",
    fails: "When the agents share what they know, or are too bold already: then it makes one mistake louder.",
  },
  "fixed-share": {
    what: "Exponential weights of which a small share is spread over all agents in every round, so that nobody is ever out.",
    fails: "When the best agent never changes, that share is paid for nothing.",
  },
  "linear-pool": {
    what: "The plain mean of the opinions: every outcome that somebody holds possible stays possible.",
    fails:
      "When one agent is plainly bad it counts like the rest; and the mean of good forecasts that differ is too timid.",
  },
  "logarithmic-pool": {
    what: "The geometric mean of the opinions: an outcome is as probable as the agents agree that it is.",
    fails: "One agent that all but rules an outcome out rules it out for everybody.",
  },
  "majority-vote": {
    what: "A baseline: each agent votes for its most probable outcome, and the shares of the votes are the result.",
    fails: "How sure anybody is is lost: three who lean a little outvote two who know.",
  },
  median: {
    what: "The middle one of the agents' probabilities for each outcome, scaled to a sum of one.",
    fails:
      "When the agents form two camps it lands in the larger one; and a minority that knows better is not heard.",
  },
  "ml-ewa": {
    what: "Exponential weights by regret with a rate for each agent, set by how its own regret has moved.",
    fails:
      "With few rounds and many agents the rates are still guesses; it trusts early luck more than most.",
  },
  "ml-pol": {
    what: "Weighs each agent in proportion to its positive regret: those who did worse than the ensemble get nothing.",
    fails: "It drops agents fast and takes them back slowly, so that luck early on costs variety later.",
  },
  "ml-prod": {
    what: "Multiplies each agent's weight by one plus what it gained, at a rate of its own that shrinks as gains jump about.",
    fails: "Slow at the start; an agent that was bad for long needs long to come back.",
  },
  ogd: {
    what: "Moves the weights a step down the slope of the loss in each round, and back onto those that sum to one.",
    fails:
      "Its step is the same for all agents: with many agents, or losses of changing size, it is too large or too small.",
  },
  "past-score": {
    what: "Exponential weights on each agent's mean score on record; who spoke less is judged on when it spoke.",
    fails: "A mean forgets when things happened: an agent that broke last month lives on its old score.",
  },
  pcr6: {
    what: "Evidence theory that gives each piece of conflict back to those who are in it, in proportion to what they claimed.",
    fails:
      "Boldness is rewarded: who claims more gets more of the conflict back; and evidence that is shared is counted twice.",
  },
  "recalibrated-pool": {
    what: "The default: the mean of the opinions, after each of them and then the mean has been made as bold as its record warrants.",
    fails:
      "With a short record it is but the mean; it learns how far to believe the agents, hardly whom, so a worthless agent stays in.",
  },
  "regime-boa": {
    what: "Bernstein online aggregation learned for each market regime, drawn towards what was learned over all of them.",
    fails:
      "Regimes split the record into small pieces; and without a regime, as in the Lab's own worlds, it is plain boa.",
  },
  "self-confidence": {
    what: "A baseline: weighs each agent by how sure it says that it is.",
    fails: "The most sure are not the most right; on real forecasts stated confidence adds next to nothing.",
  },
  "skill-weights": {
    what: "Weighs each agent by how far its score beats a plain forecast, and by nothing when it does not.",
    fails: "When skills are near zero, as they are in markets, luck decides who counts.",
  },
  squint: {
    what: "Averages over many learning rates at once by second-order regret, so that a steady small advantage is found as surely as a large one.",
    fails:
      "It guards against everything, so it is rarely the fastest; a change of the best agent is followed late.",
  },
  stacking: {
    what: "The weights that would have made the best mixture so far, held close to equal ones.",
    fails:
      "Agents that are alike make its weights swing; with few rounds only the pull to equal weights keeps it sane.",
  },
  "top-k": {
    what: "The equal mean of the few agents that have scored best so far.",
    fails: "Between the last one in and the first one out lies luck; and variety is thrown away.",
  },
  "trimmed-mean": {
    what: "The mean without the most extreme probabilities, outcome by outcome.",
    fails:
      "With few agents it drops much of what is known; an extreme agent may be the one that read the news.",
  },
  "winner-takes-all": {
    what: "A baseline: all certainty goes to the outcome that most agents hold most probable.",
    fails: "Always: it claims to be certain where nobody is, and every miss costs the most that it can.",
  },
  yager: {
    what: "Evidence theory that counts conflict as ignorance: where the agents contradict each other, nothing is known.",
    fails: "Conflict grows with every agent that is added, so with many agents it soon says nothing at all.",
  },
};

/** Null for a policy of a project's own. */
export function noteOf(policy: string): PolicyNote | null {
  return Object.hasOwn(notes, policy) ? (notes[policy] ?? null) : null;
}

/**
 * Seeds that the system draws for a script which names none: the same ones in every run with the
 * same base, whichever worker runs an iteration, and also when a run goes on from a checkpoint.
 *
 * <pre>
 *   seed = f(base, how many were drawn)      each iteration of a loop has a base of its own:
 *
 *   run, base b --enter loop--> peek: c --iteration i--> base f(c, i) --inner loop--> ...
 *        SeedSource draws, SeedTrail knows the loops around, SeedPlaceText writes them down
 * </pre>
 *
 * <p><b>Threads.</b> A source and a trail belong to one control thread, the main program's or a
 * parfor worker's; nobody else reads or writes them. Places are immutable.
 */
package dev.reprise.engine.seed;

/**
 * The module that knows all others: it links compiled programs to kernels and interprets them.
 *
 * <pre>
 *  Session -> Linker -> Node tree (If, While, For, ParFor, Straight) of Steps
 *                          |
 *     Step: gather operands -> trace (LineageItem) -> Pipeline
 *                                                       | below the cost gate: execute inline
 *                                                       | Hit: bind    InFlight: bind handle
 *                                                       | Claim: execute inline when the inputs are
 *                                                       |        complete, else as a PendingTask
 * </pre>
 *
 * <p>The packages below this one form layers, from what knows of no program up to what links one;
 * {@code ARCHITECTURE.md} draws them. None of them knows this package, which is what sessions,
 * scripts and conversations are: {@link dev.reprise.engine.SessionServices} puts all together.
 *
 * <p><b>Threads.</b> A control thread (the main program, or one parfor worker) owns its {@link
 * dev.reprise.engine.control.ControlContext} and its activations; nobody else touches them. Between
 * taking a claim and executing it or handing it to the pool a control thread never blocks. It
 * blocks only on handles (for a predicate, an effect, or a cheap operation with an unfinished
 * input), and then it holds no claim. Pool threads run tasks whose inputs are complete and never
 * block. A handle waits only for handles of proper sub-expressions of its own lineage, so no cycle
 * of waiting can form.
 *
 * <p><b>References.</b> {@code Activation.bind} takes over the reference that the producer owns;
 * overwriting, releasing and leaving an activation give it back. Inputs of a step are borrowed from
 * the activation; a task that outlives its step retains them.
 */
package dev.reprise.engine;

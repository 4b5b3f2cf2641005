/**
 * What a control thread (the main program, or one parfor worker) carries through a program.
 *
 * <pre>
 *   Run (one execution of a program) -- ControlContext (one thread of it) -- Activation (one call)
 *                                            |                                 values and items
 *                                            | RunAhead: operations that it has left unfinished
 *   Node.run(context, activation) -> Step.run(context, activation)
 * </pre>
 *
 * <p>Here is what nodes and steps are, and nothing of what they do: those lie in packages above.
 * {@link dev.reprise.engine.control.Origin} and {@link dev.reprise.engine.control.FailurePlace} say
 * where an operation comes from, whenever it fails.
 *
 * <p><b>Threads.</b> A context and its activations belong to one thread; a worker's are added to
 * those of the thread that started it when it has ended. {@link dev.reprise.engine.control.Run} is
 * for any of them.
 */
package dev.reprise.engine.control;

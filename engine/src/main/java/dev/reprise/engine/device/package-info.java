/**
 * The devices of a session: where each operation runs, and how its kernel is called there.
 *
 * <pre>
 *   operation, complete inputs --> KernelRunner --place--> Accelerators
 *         |  on the processor: pin, execute, adopt             |  a worker, by costs learnt so far
 *         v                                                    v
 *       value                              WorkerCall: the caller's thread waits for the value
 *                                          LateCall:   Later hears of it, nobody waits
 *                                                \
 *                                                 cannot: the processor after all, and Fallbacks
 * </pre>
 *
 * <p>{@link dev.reprise.engine.device.FoundAccelerators} looks for what the machine has, {@link
 * dev.reprise.engine.device.Calibration} keeps between sessions what was learnt of speeds. Nothing
 * here knows traces, the cache or scripts: it sees an operation and its operands, as kernels do.
 *
 * <p><b>Memory.</b> Inputs are borrowed for as long as a call lasts, of a {@link
 * dev.reprise.engine.device.LateCall} until {@link dev.reprise.engine.device.Later} has heard; the
 * receiver owns one reference to the result.
 *
 * <p><b>Threads.</b> Any may run kernels; a worker's thread, one for each accelerator, launches
 * there and waits for nobody. Accelerators are opened under a lock, by the first thread to need
 * them. Looking for them ({@code FoundAccelerators}, {@code WantedAccelerators}) is for one thread.
 */
package dev.reprise.engine.device;

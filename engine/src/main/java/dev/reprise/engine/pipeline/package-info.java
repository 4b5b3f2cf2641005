/**
 * The path of one operation.
 *
 * <pre>
 *   Pipeline: view? -- cost gate -- worth asking (ProbeChoice)?
 *       no   execute inline, or left to an accelerator (FreeTask)
 *       yes  CacheLookup: Hit, InFlight, or Claim: Execution now, or a PendingTask once the inputs
 *            are complete
 *   Execution: from the store, from parts (Parts), by a kernel
 * </pre>
 *
 * <p><b>Threads.</b> Between taking a claim and executing it or handing it to the pool a control
 * thread never blocks. Pool threads run tasks whose inputs are complete; what would wait on an
 * accelerator's thread leaves it ({@link dev.reprise.engine.pipeline.Relayed}).
 */
package dev.reprise.engine.pipeline;

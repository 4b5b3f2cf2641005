/**
 * CUDA devices, through the driver's interface and the primary context, which cuBLAS and cuSPARSE
 * share.
 *
 * <pre>{@code
 * worker ---- run, runGroups ----> launches (stream) --- mark --->  events
 *   |                                 ^ waits for the uploads before
 *   +-- upload -> pinned ring ----> uploads  (stream)  waits for launches when the buffer was used
 * any thread -- download <- pinned pair <-- downloads (two lanes, a stream each)
 * }</pre>
 *
 * Kernels come as PTX, one file for each file of kernels and precision, which {@code
 * runtime-gpu/kernels-to-ptx} makes; the driver compiles them for the device at hand.
 */
package dev.reprise.runtime.gpu.cuda;

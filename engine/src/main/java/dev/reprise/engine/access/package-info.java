/**
 * Files and checkpoints as programs use them: content found in the cache or the store, claims on
 * what is being read, the order of parfor iterations; and values as text. The formats themselves
 * are known to {@code dev.reprise.engine.file} and {@code formats}.
 *
 * <p><b>Threads.</b> Any; what a call does is in the name of the context that it is given.
 */
package dev.reprise.engine.access;

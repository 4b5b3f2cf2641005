/**
 * Operations and their table: one row per opcode with its parameters, how it is evaluated, what it
 * returns and how much work it is. The compiler emits an {@link
 * dev.reprise.runtime.operation.Operation}, the lineage item is built from it, and the kernel
 * receives it: a parameter that is not in the key cannot reach a kernel.
 */
package dev.reprise.runtime.operation;

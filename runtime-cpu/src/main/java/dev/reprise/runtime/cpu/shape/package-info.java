/**
 * Operations that move cells and change none: ranges, binds, transposes, orderings, filters. What
 * is large is copied as runs of adjacent cells, in parallel by rows.
 */
package dev.reprise.runtime.cpu.shape;

/**
 * Aggregates of cells, rows, columns and groups.
 *
 * <pre>
 *   FullKernels    Run over fixed chunks of cells, parts combined in order
 *   RowKernels     Run per row, short rows several at a time
 *   ColumnKernels  ColumnScan streams rows through a ColumnFold per strip and chunk, merged in order
 * </pre>
 *
 * <p>Sums carry their rounding errors along. Where work is cut follows from shapes alone.
 */
package dev.reprise.runtime.cpu.aggregate;

/**
 * Lineage: how every value came to be, as pure data.
 *
 * <pre>
 *   %1 = read{fingerprint=...} @ "X.csv"      %2 = literal double 0.001
 *          |         \
 *   %3 = tsmm %1      %4 = t %1               an item: operation, ordered inputs, height, key
 *          |
 *   %5 = ...                                  key = 128-bit mix of the operation and the input keys
 * </pre>
 *
 * <p>Items are made before execution and never hold values. Nothing here recurses: traces are as
 * deep as loops are long. A trace is written and read as text ({@code TraceWriter}, {@code
 * TraceReader}), drawn, compared, queried, and turned into an order of execution ({@code
 * ReplayPlan}).
 */
package dev.reprise.lineage;

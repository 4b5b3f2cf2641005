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
 * <p>The iterations of a loop are stored as a run of patches instead of items ({@code RunBuilder}):
 *
 * <pre>
 *   RunLoop -- patches ($1 = * ^1 ?1, ...)         one per path taken, shared by all runs of the loop
 *   Run     -- RunBody (path, columns) + inputs    a variable is a RunItem (run, iteration, variable)
 *   RunEvaluator                                   keys on demand, no items made
 *   TraceProgram -- RunSlice                       what outputs depend on: written, read, replayed
 * </pre>
 *
 * <p>Items are made before execution and never hold values. Nothing here recurses: traces are as
 * deep as loops are long. A trace is written and read as text ({@code TraceWriter}, {@code
 * TraceReader}), drawn, compared, queried, and turned into an order of execution ({@code
 * ReplayPlan}).
 */
package dev.reprise.lineage;

/**
 * Matrices compressed by rows: making, transposing and leaving that form.
 *
 * <pre>
 *   dense result --few non-zeros--> Compression --> SparseMatrix
 *   rows in chunks --> SparseRows, SparseRows, ... --RowJob--> SparseMatrix, or dense when fuller
 * </pre>
 *
 * <p>The kernels over compressed matrices lie with their families: products in {@code linalg},
 * element-wise ones in {@code cell}, and so on. {@code Forms} calls them.
 */
package dev.reprise.runtime.cpu.sparse;

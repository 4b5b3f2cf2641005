/**
 * Dense linear algebra of one thread: OpenBLAS where its library loads, plain Java elsewhere.
 *
 * <pre>
 *   LazyBlas --first product--> NativeLibraries: jar -> private folder -> loaded
 *       |                            |
 *       |                            v
 *       +--> Blas  =  OpenBlas (with Lapack)   or   JavaBlas (and a note that says why)
 * </pre>
 *
 * <p>OpenBLAS never uses threads of its own: the callers cut products into tiles that depend on
 * shapes alone, so that results do not depend on how many threads there are.
 */
package dev.reprise.runtime.cpu.blas;

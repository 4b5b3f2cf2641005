/**
 * Layers of neural networks: convolution, pooling, bias, batch normalisation, LSTM.
 *
 * <pre>
 *   image c,h,w          patches of some output rows            filters      output of these rows
 *   +---------+   copy   (c,r,s) x (p,q)                        k x (c,r,s)
 *   |  +--+   |  ----->  one column per position of the window  ---------->  k x (p,q)
 *   |  +--+   |          so many that they fit the cache           BLAS
 *   +---------+
 * </pre>
 *
 * <p>A convolution is a product with the matrix of patches, of which only a piece exists at a time.
 * Its gradients are the two other products of the same three matrices.
 *
 * <p>Where filters are square and small, the window moves by one, and channels and filters are
 * many, it is computed by tiles of 2 x 2 outputs instead ({@link
 * dev.reprise.runtime.cpu.nn.MinimalFilter}):
 *
 * <pre>{@code
 * images   --- Bt x B --->  factors, a matrix tiles x channels for each place of a tile
 * filters  --- G g Gt --->  factors, a matrix channels x filters for each place     BLAS
 * outputs  <-- At m A ----  their products, a matrix tiles x filters for each place
 * }</pre>
 */
package dev.reprise.runtime.cpu.nn;

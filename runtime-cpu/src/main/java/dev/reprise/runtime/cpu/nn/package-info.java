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
 */
package dev.reprise.runtime.cpu.nn;

/**
 * The experiment store as the engine uses it: values by the keys of their lineage, found before an
 * operation is executed and offered afterwards.
 *
 * <pre>
 *   claimed operation --ask--> in the store? --yes--> load, check --> value
 *                                  | no                  | damaged
 *                                  v                     v
 *             another process at it? --yes--> wait for it, ask again
 *                                  | no
 *                                  v
 *                               compute --offer--> queue --> files, graph    (a thread of its own)
 * </pre>
 */
package dev.reprise.engine.stored;

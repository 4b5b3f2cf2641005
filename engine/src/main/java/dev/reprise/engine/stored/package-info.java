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
 *
 * <p>{@link dev.reprise.engine.stored.StoredValues} is the store of one session, and has a part for
 * each of these: {@link dev.reprise.engine.stored.Questions} asks and waits, {@link
 * dev.reprise.engine.stored.Loading} loads, {@link dev.reprise.engine.stored.Offers} offers. Whole
 * calls and whole runs go the same way with records in place of values ({@link
 * dev.reprise.engine.stored.StoredRegions}, {@link dev.reprise.engine.stored.SessionPrograms}); who
 * only wants to know what is there asks {@link dev.reprise.engine.stored.StoreLookup}. Of a value
 * that is left there until something needs its cells, {@link dev.reprise.engine.stored.KnownForm}
 * says what it looks like.
 */
package dev.reprise.engine.stored;

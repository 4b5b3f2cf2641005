/**
 * Whether reuse pays: who is still asked for values, whose values are kept, and what reuse would
 * have saved where there is none.
 *
 * <pre>
 *   instruction, function, block --has--> SiteAccount --has--> Asking
 *                                          | income: found values, a share of the work
 *                                          | expenses: bytes that are kept
 *   about to look up a value -- Keeping.isWorthAsking --> ask, or one of sixteen keys only
 *   a claim was computed ------ Keeping.complete -------> kept, or given to waiters alone
 * </pre>
 *
 * <p>All decisions follow from estimated work, bytes, keys and whether the last value was made on a
 * GPU, never from a clock, so that two runs of a program keep the same values where their
 * operations are placed alike. No decision changes a result.
 *
 * <p><b>Threads.</b> Any; the workers of a parfor share the accounts of instructions. Balances and
 * noted keys change atomically. The counts of {@link dev.reprise.engine.worth.Asking} are plain: of
 * two updates at once one may get lost, which costs some questions more.
 */
package dev.reprise.engine.worth;

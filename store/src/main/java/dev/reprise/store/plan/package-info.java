/**
 * Which values of a program to load and which to compute, at least cost.
 *
 * <pre>
 *   PlanGraph: operations, compute costs, load costs, what is wanted
 *       |
 *       v
 *   Planner ---- MinCutPlanner   the exact minimum, by a minimum cut, re-planned as the graph grows
 *       |   ---- LinearPlanner   the published linear pass of EG; counts shared inputs repeatedly
 *       |   ---- GreedyPlanner   loads whatever it meets
 *       v
 *   Plan: LOAD, COMPUTE or SKIP for each operation, and what all of it costs
 * </pre>
 *
 * <p>The methods are described in {@code docs/planning.md}.
 */
package dev.reprise.store.plan;

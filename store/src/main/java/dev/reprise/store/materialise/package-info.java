/**
 * Which artifacts are worth their bytes under a budget.
 *
 * <pre>
 *   ArtifactGraph: vertices (compute cost, chunks, frequency, quality), edges, what loading costs
 *       |
 *       v
 *   Materialiser ---- HeuristicMaterialiser     EG: greatest utility first
 *       |        ---- StorageAwareMaterialiser  EG: the same, in rounds, shared chunks counted once
 *       |        ---- BenefitMaterialiser       ours: least expected cost of a workload, planned exactly
 *       |        ---- OptimalMaterialiser       the optimum, for small graphs
 *       v
 *   Selection: the artifacts to keep, and the bytes that they take together
 * </pre>
 *
 * <p>Everything here is a pure function of a graph and a budget. The methods are described in
 * {@code docs/planning.md}.
 */
package dev.reprise.store.materialise;

package dev.reprise.store;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Supplier;

/** Values of a run for the graph; as many as there is time for. */
final class SeenValues implements RunChange {
  /** A vertex with its edges. */
  private static final long VERTEX_NANOS = 30_000;

  /** Of the graph. */
  private final WriteBudget budget;

  private final Supplier<List<Vertex>> make;
  private List<Vertex> vertices;

  SeenValues(WriteBudget budget, Supplier<List<Vertex>> make) {
    this.budget = budget;
    this.make = make;
  }

  @Override
  public void prepare() {
    long start = System.nanoTime();
    vertices = budget.allows(VERTEX_NANOS) ? make.get() : List.of();
    budget.spend(VERTEX_NANOS * vertices.size());
    budget.taken(System.nanoTime() - start);
  }

  @Override
  public void apply(RunChanges updates) throws SQLException, IOException {
    long start = System.nanoTime();
    for (Vertex vertex : vertices) {
      updates.vertex(vertex);
    }
    budget.taken(System.nanoTime() - start);
  }
}

package dev.reprise.cli;

import java.util.List;

/**
 * What {@code reprise bench} runs, and, in the cells, what came of it.
 *
 * @param cells all combinations, those of one placement side by side
 * @param runs measured runs of each cell
 * @param warmup runs of each cell before these
 * @param tolerance how far printed numbers may differ, relative to the larger one or to 1
 */
record BenchPlan(
    ScriptSource source, List<BenchCell> cells, int runs, int warmup, double tolerance) {

  BenchPlan {
    cells = List.copyOf(cells);
  }

  /** The script's name as a person gave it. */
  String script() {
    return source.file() == null ? "the script" : source.file().toString();
  }

  /** The cells of each placement, in the order of the placements. */
  List<List<BenchCell>> byPlacement() {
    return cells.stream()
        .map(BenchCell::placement)
        .distinct()
        .map(name -> cells.stream().filter(cell -> cell.placement().equals(name)).toList())
        .toList();
  }

  /** The longest run; 0 when nothing ran. */
  long slowestNanos() {
    return cells.stream().mapToLong(BenchCell::slowestNanos).max().orElse(0);
  }
}

package dev.reprise.bench.compare;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The result of a comparison, as the JSON file holds it.
 *
 * @param date when it started, ISO
 * @param command what was run
 * @param versions of the systems and their JVMs
 * @param runs processes per workload and subject
 * @param size name of the size that every workload ran with
 * @param rows one per workload
 */
record Comparison(
    String date,
    String command,
    Machine machine,
    Map<String, String> versions,
    int runs,
    String size,
    List<Row> rows) {

  /**
   * A workload under every subject.
   *
   * @param tolerance of the comparison of results, relative
   * @param published what LIMA reports, reuse over base; null where it does not
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Row(
      String name,
      String title,
      Map<String, Object> arguments,
      double tolerance,
      Double published,
      List<Cell> cells) {

    @JsonIgnore
    Optional<Cell> cell(String system, String mode) {
      return cells.stream()
          .filter(c -> c.system().equals(system) && c.mode().equals(mode))
          .findFirst();
    }

    /** Whose result all others are compared with: the first that has any. */
    @JsonIgnore
    Optional<Cell> judge() {
      return cells.stream().filter(c -> c.count("ok") > 0).findFirst();
    }
  }

  /**
   * A workload under one subject: one value per process, in the order they ran.
   *
   * @param workSeconds null where a script prints no time of its own
   * @param checksums distinct checksums of the printed results, numbers rounded to six digits
   * @param agrees whether every process that ended well printed what the first of the row did that
   *     ended well
   * @param printed the results of the first process that ended well
   * @param counts what the processes counted about themselves; null entries where they do not
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Cell(
      String system,
      String mode,
      List<Double> wallSeconds,
      List<Double> workSeconds,
      List<Double> loads,
      List<String> outcomes,
      List<String> checksums,
      boolean agrees,
      List<String> printed,
      List<Counts> counts) {

    Cell {
      counts = counts == null ? List.of() : counts;
    }

    /** The middle one of a figure that the processes counted; NaN where there is none. */
    @JsonIgnore
    double counted(ToDoubleFunction<Counts> figure) {
      return Spread.of(counts.stream().filter(Objects::nonNull).mapToDouble(figure).toArray())
          .median();
    }

    @JsonIgnore
    Subject subject() {
      return new Subject(system, mode);
    }

    @JsonIgnore
    Spread wall() {
      return spread(Cell::wallSeconds);
    }

    @JsonIgnore
    Spread work() {
      return spread(Cell::workSeconds);
    }

    @JsonIgnore
    long count(String outcome) {
      return outcomes.stream().filter(outcome::equals).count();
    }

    private Spread spread(Function<Cell, List<Double>> values) {
      List<Double> all = values.apply(this);
      return Spread.of(
          IntStream.range(0, all.size())
              .filter(i -> outcomes.get(i).equals("ok") && all.get(i) != null)
              .mapToDouble(all::get)
              .toArray());
    }
  }

  @JsonIgnore
  double highestLoad() {
    ToDoubleFunction<Cell> highest =
        c -> c.loads().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    return rows.stream().flatMap(r -> r.cells().stream()).mapToDouble(highest).max().orElse(0);
  }
}

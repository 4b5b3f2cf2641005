package dev.reprise.bench.eviction;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.reprise.bench.compare.Machine;
import dev.reprise.bench.compare.Workload;
import dev.reprise.bench.eviction.EvictionReport.AtBudget;
import dev.reprise.bench.eviction.EvictionReport.Row;
import dev.reprise.cache.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Records the traces of workloads and replays them under every policy and budget. */
public final class EvictionStudy {
  private static final double[] SHARES = {0.1, 0.25, 0.5};

  private EvictionStudy() {}

  /**
   * Arguments: the project's root, the size, the result file, and the workloads' names; or {@code
   * --policies}, which prints the policies' names.
   */
  public static void main(String[] args) throws Exception {
    if (args[0].equals("--policies")) {
      Arrays.stream(Policy.values()).map(Policy::label).forEach(System.out::println);
      return;
    }
    Path root = Path.of(args[0]);
    String size = args[1];
    Path out = Path.of(args[2]);
    List<String> names = List.of(args).subList(3, args.length);
    List<Row> rows = new ArrayList<>();
    for (Workload workload : Workload.readAll(root)) {
      if (names.contains(workload.name()) && workload.hasSize(size)) {
        Row row = study(root, workload, size);
        rows.add(row);
        print(row);
      }
    }
    EvictionReport report =
        new EvictionReport(
            LocalDateTime.now().truncatedTo(ChronoUnit.MINUTES).toString(),
            "bench/lima --size " + size,
            Machine.here().describe(),
            Machine.commit(root),
            size,
            rows);
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(out.toFile(), report);
    System.out.println("wrote " + out);
  }

  private static Row study(Path root, Workload workload, String size) throws Exception {
    String script = workload.text(Files.readString(workload.file(root)));
    ProbeTrace trace = Recorder.record(script, workload.sizes().get(size));
    List<AtBudget> budgets = new ArrayList<>();
    for (double share : SHARES) {
      budgets.add(at(trace, share));
    }
    return new Row(
        workload.name(),
        workload.title(),
        trace.probes().length,
        trace.values().size(),
        trace.footprintBytes(),
        trace.repeatedNanos() / 1e9,
        budgets);
  }

  private static AtBudget at(ProbeTrace trace, double share) {
    long budgetBytes = (long) (share * trace.footprintBytes());
    Clairvoyant best = Clairvoyant.of(trace, budgetBytes);
    Map<String, Double> saved = new LinkedHashMap<>();
    for (Policy policy : Policy.values()) {
      saved.put(policy.label(), Replay.savedNanos(trace, policy, budgetBytes) / 1e9);
    }
    return new AtBudget(
        share, budgetBytes, best.boundNanos() / 1e9, best.savedNanos() / 1e9, saved);
  }

  private static void print(Row row) throws IOException {
    for (AtBudget at : row.budgets()) {
      StringBuilder line = new StringBuilder();
      line.append(
          String.format(
              Locale.ROOT,
              "%-20s %6d probes %7.1f MB at %2.0f %%: clairvoyant %.3f s (bound %.3f)",
              row.name(),
              row.probes(),
              row.footprintBytes() / 1e6,
              100 * at.share(),
              at.clairvoyantSeconds(),
              at.boundSeconds()));
      at.savedSeconds()
          .keySet()
          .forEach(policy ->
              line.append(
                  String.format(Locale.ROOT, "  %s %.1f %%", policy, 100 * at.relative(policy))));
      System.out.println(line);
    }
  }
}

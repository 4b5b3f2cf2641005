package dev.reprise.bench.compare;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A script that the systems run unchanged, with its arguments by size.
 *
 * @param name of the row; also the script's file name without {@code .dml} unless {@code script}
 *     says another
 * @param title as tables show it
 * @param tolerance largest relative difference between the printed numbers of two systems
 * @param sizes size name to the arguments that the script gets
 * @param script the script's file name without {@code .dml}; null for the workload's name
 * @param parallel whether loops marked {@code # parfor} run in parallel workers
 * @param suite which of {@code bench/compare}'s suites it belongs to; null for the first one
 * @param published what LIMA reports for it, reuse over base; null where it does not
 * @param beside subjects that exist for this workload alone
 */
public record Workload(
    String name,
    String title,
    double tolerance,
    Map<String, Map<String, Object>> sizes,
    String script,
    boolean parallel,
    String suite,
    Double published,
    List<String> beside) {
  private static final Pattern MARKED_LOOP = Pattern.compile("(?m)^( *)for( .*\\{) # parfor$");

  static final String FIRST_SUITE = "systems";

  public Workload {
    script = script == null ? name : script;
    suite = suite == null ? FIRST_SUITE : suite;
    beside = beside == null ? List.of() : List.copyOf(beside);
  }

  /** The workloads of {@code bench/workloads/workloads.json}. */
  public static List<Workload> readAll(Path root) throws IOException {
    Path file = root.resolve("bench/workloads/workloads.json");
    return new ObjectMapper().readValue(file.toFile(), new TypeReference<List<Workload>>() {});
  }

  /** The script's file. */
  public Path file(Path root) {
    return root.resolve("bench/workloads/" + script + ".dml");
  }

  public boolean hasSize(String size) {
    return sizes.containsKey(size);
  }

  List<Subject> besides() {
    return beside.stream().map(Subject::parse).toList();
  }

  /** The text that runs: marked loops are {@code parfor} loops in parallel workloads. */
  public String text(String source) {
    return parallel ? MARKED_LOOP.matcher(source).replaceAll("$1parfor$2") : source;
  }
}

package dev.reprise.ci;

import dev.reprise.CompileOptions;
import dev.reprise.DeviceConfig;
import dev.reprise.Reprise;
import dev.reprise.ReuseMode;
import dev.reprise.RunResult;
import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.Script;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import dev.reprise.runtime.Precision;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures training loops on one device: seconds, launches and the device's own time for each
 * iteration in the steady state, and memory at the peak. Prints JSON. A program, not a test: {@code
 * ci/gpu} runs it.
 *
 * <p>Each network is a script in {@code bench/training} that times its loop itself, after
 * iterations that do not count, and reads a number at the end. It runs twice, the second time with
 * other data and more iterations: what is counted is the difference of the two.
 */
public final class TrainingBenchmark {
  private static final List<String> NETWORKS = List.of("mlp", "autoencoder", "lenet");

  /** Sizes that a processor computes in no time, for looking whether all works. */
  private static final Map<String, String> SMALL =
      Map.of("inputs", "20", "hidden", "16", "size", "8");

  private static final DeviceUse NOTHING =
      new DeviceUse("", 0, 0, 0, 0, 0, "", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false);

  /** What is measured of Reprise. */
  private enum Mode {
    NONE(ReuseMode.NONE, true),
    /** As the other, launch by launch. */
    SINGLE(ReuseMode.NONE, false),
    HYBRID(ReuseMode.HYBRID, true);

    private final ReuseMode reuse;
    private final boolean graphs;

    Mode(ReuseMode reuse, boolean graphs) {
      this.reuse = reuse;
      this.graphs = graphs;
    }

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String device;
  private final boolean isSmall;
  private final long deadline;
  private final List<String> rows = Collections.synchronizedList(new ArrayList<>());
  private final List<String> leftOut = Collections.synchronizedList(new ArrayList<>());

  /** What the device had done in the session after the last run. */
  private DeviceUse used = NOTHING;

  private TrainingBenchmark(String device, boolean isSmall, long seconds) {
    this.device = device;
    this.isSmall = isSmall;
    this.deadline = System.nanoTime() + seconds * 1_000_000_000L;
  }

  /** Takes the device's name, the seconds that it may take, and {@code small} or nothing. */
  public static void main(String[] words) throws Exception {
    String device = words.length > 0 ? words[0] : "cuda:0";
    long seconds = words.length > 1 ? Long.parseLong(words[1]) : 100;
    boolean isSmall = words.length > 2 && words[2].equals("small");
    TrainingBenchmark benchmark = new TrainingBenchmark(device, isSmall, seconds);
    // Also when it is told to stop.
    Runtime.getRuntime().addShutdownHook(new Thread(benchmark::print));
    boolean failed = false;
    for (String network : NETWORKS) {
      for (Mode mode : Mode.values()) {
        try {
          benchmark.measure(network, mode);
        } catch (Exception e) {
          failed = true;
          e.printStackTrace();
          benchmark.leaveOut(network + ", reuse " + mode.word() + ": failed");
        }
      }
    }
    System.exit(failed ? 1 : 0);
  }

  private void leaveOut(String what) {
    System.err.println("left out: " + what);
    leftOut.add("\"" + what + "\"");
  }

  private void print() {
    System.out.println("{\"device\": \"" + device + "\", \"precision\": \"fp32\", \"training\": [");
    System.out.println("  " + joined(rows, ",\n  ") + "],");
    System.out.println(" \"leftOut\": [" + joined(leftOut, ", ") + "]}");
  }

  private static String joined(List<String> texts, String between) {
    synchronized (texts) {
      return String.join(between, texts);
    }
  }

  /** One session for all sizes of batches, the smallest first, so that its peak is of its own. */
  private void measure(String network, Mode mode) throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    SessionConfig config =
        SessionConfig.defaults()
            .withSeed(42)
            .withWorkingDirectory(ScriptOutput.projectRoot())
            .withReuse(mode.reuse)
            .withPrecision(Precision.FP32)
            .withDevices(new DeviceConfig(device, List.of(), Map.of(), mode.graphs))
            .withOutput(out, System.err);
    used = NOTHING;
    try (Session session = Reprise.session(config)) {
      for (int batch : isSmall ? new int[] {4, 8} : new int[] {32, 128, 512}) {
        String what = network + ", batch " + batch + ", reuse " + mode.word();
        if (System.nanoTime() > deadline) {
          leaveOut(what + ": no time left");
          continue;
        }
        int few = isSmall ? 4 : 30;
        Counts first = run(session, network, batch, 1, few, printed);
        // About a second, and what the first run took is mostly not the loop's.
        int many =
            isSmall ? 12 : (int) Math.clamp(1.0 / (first.loopSeconds() / few), few + 60, 1000);
        Counts second = run(session, network, batch, 1001, many, printed);
        String row = row(network, batch, mode, few, many, first, second);
        System.err.println(row);
        rows.add(row);
      }
    }
  }

  /** What one run did; of the device only what came since the run before. */
  private record Counts(
      double loopSeconds,
      long operations,
      long hits,
      long launches,
      long replays,
      long busyNanos,
      long copiesThere,
      long copiesBack,
      long fallbacks,
      long peakBytes,
      String check) {}

  private Counts run(
      Session session,
      String network,
      int batch,
      int seed,
      int iterations,
      ByteArrayOutputStream printed)
      throws Exception {
    Map<String, String> arguments = new TreeMap<>();
    if (isSmall) {
      arguments.putAll(SMALL);
    }
    arguments.put("batch", String.valueOf(batch));
    arguments.put("seed", String.valueOf(seed + batch));
    arguments.put("iterations", String.valueOf(iterations));
    arguments.put("warming", isSmall ? "4" : "20");
    Path file = ScriptOutput.projectRoot().resolve("bench/training/" + network + ".dml");
    Script script = session.compile(file, CompileOptions.none().arguments(arguments));
    printed.reset();
    try (RunResult result = script.run()) {
      RunStatistics statistics = result.statistics();
      List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
      DeviceUse before = used;
      DeviceUse after = statistics.devices().isEmpty() ? NOTHING : statistics.devices().getFirst();
      used = after;
      return new Counts(
          Double.parseDouble(last(lines, "@seconds ")),
          statistics.executed(),
          statistics.hits(),
          after.launches() - before.launches(),
          after.replays() - before.replays(),
          after.busyNanos() - before.busyNanos(),
          after.uploads() - before.uploads(),
          after.downloads() - before.downloads(),
          after.fallbacks() - before.fallbacks(),
          after.peakBytes(),
          last(lines, "check "));
    }
  }

  private static String last(List<String> lines, String start) {
    String found = null;
    for (String line : lines) {
      found = line.startsWith(start) ? line.substring(start.length()) : found;
    }
    if (found == null) {
      throw new IllegalStateException("the script printed no line '" + start + "': " + lines);
    }
    return found;
  }

  private static String row(
      String network, int batch, Mode mode, int few, int many, Counts first, Counts second) {
    double more = many - few;
    return String.format(
        Locale.ROOT,
        "{\"network\": \"%s\", \"batch\": %d, \"reuse\": \"%s\", \"iterations\": %d,"
            + " \"microsPerIteration\": %.2f, \"operations\": %.2f, \"hits\": %.2f,"
            + " \"launches\": %.2f, \"replays\": %.2f, \"busyMicros\": %.2f, \"copiesThere\": %.3f,"
            + " \"copiesBack\": %.3f, \"fallbacks\": %d, \"peakBytes\": %d, \"check\": \"%s\"}",
        network,
        batch,
        mode.word(),
        many,
        second.loopSeconds() / many * 1e6,
        (second.operations() - first.operations()) / more,
        (second.hits() - first.hits()) / more,
        (second.launches() - first.launches()) / more,
        (second.replays() - first.replays()) / more,
        (second.busyNanos() - first.busyNanos()) / 1e3 / more,
        (second.copiesThere() - first.copiesThere()) / more,
        (second.copiesBack() - first.copiesBack()) / more,
        second.fallbacks(),
        second.peakBytes(),
        second.check());
  }
}

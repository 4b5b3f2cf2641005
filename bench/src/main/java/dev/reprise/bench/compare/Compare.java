package dev.reprise.bench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Runs the workloads under both systems by turns, and writes the results and the page of them. */
public final class Compare {
  private final Options options;
  private final ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Compare(Options options) {
    this.options = options;
  }

  /** The arguments are the project's root folder and then the options of {@code bench/compare}. */
  public static void main(String[] args) throws IOException, InterruptedException {
    for (String arg : args) {
      if (arg.equals("--help") || arg.equals("-h")) {
        System.out.print(Options.USAGE);
        return;
      }
    }
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n\n" + Options.USAGE);
      System.exit(2);
      return;
    }
    new Compare(options).run();
  }

  private void run() throws IOException, InterruptedException {
    List<Path> reports = options.reports();
    if (reports.isEmpty()) {
      reports = List.of(measure());
    }
    if (options.writesPage()) {
      List<Comparison> comparisons = new ArrayList<>();
      for (Path report : reports) {
        comparisons.add(json.readValue(report.toFile(), Comparison.class));
      }
      new Page(options.root(), comparisons, options.steps()).write();
    }
  }

  private Path measure() throws IOException, InterruptedException {
    Path scratch = Files.createTempDirectory("reprise-bench");
    try {
      return measureIn(scratch);
    } finally {
      delete(scratch);
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> inside;
    try (Stream<Path> paths = Files.walk(folder)) {
      inside = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : inside) {
      Files.deleteIfExists(path);
    }
  }

  private Path measureIn(Path scratch) throws IOException, InterruptedException {
    Launch launch =
        new Launch(
            options.root(), scratch, options.heap(), options.reprise(), options.repriseOptions());
    Machine machine = Machine.here();
    String date = LocalDateTime.now().truncatedTo(ChronoUnit.MINUTES).toString();
    Path out = options.out();
    if (out == null) {
      String name = options.machine() == null ? machine.slug() : options.machine();
      out = options.root().resolve("bench/results/" + name + "-" + date.substring(0, 10) + ".json");
    }
    Files.createDirectories(out.toAbsolutePath().getParent());

    List<Workload> workloads = workloads();
    warmUp(launch, scratch);
    List<Comparison.Row> rows = new ArrayList<>();
    for (Workload workload : workloads) {
      rows.add(row(workload, launch, scratch));
      Comparison soFar =
          new Comparison(
              date, commandLine(), machine, versions(launch), options.runs(), options.size(), rows);
      json.writeValue(out.toFile(), soFar); // after each row: a long comparison loses nothing
    }
    System.out.println("wrote " + out);
    return out;
  }

  private List<Workload> workloads() throws IOException {
    List<Workload> chosen =
        Workload.readAll(options.root()).stream()
            .filter(w -> options.workloads().isEmpty() || options.workloads().contains(w.name()))
            .filter(
                w -> options.workloads().contains(w.name()) || w.suite().equals(options.suite()))
            .filter(w -> w.hasSize(options.size()))
            .toList();
    if (chosen.isEmpty()) {
      throw new IOException("no workload has size '" + options.size() + "' and a chosen name");
    }
    return chosen;
  }

  /** One process of each subject that does not count: builds Reprise, fills the file cache. */
  private void warmUp(Launch launch, Path scratch) throws IOException, InterruptedException {
    for (Subject subject : options.subjects()) {
      if (subject.isPython()) {
        continue;
      }
      Path hello = options.root().resolve("bench/workloads/hello.dml");
      List<String> command = launch.command(subject, hello, "hello", Map.of());
      Run.of(command, scratch, 600, launch.statistics());
    }
  }

  private Comparison.Row row(Workload workload, Launch launch, Path scratch)
      throws IOException, InterruptedException {
    Map<String, Object> arguments = workload.sizes().get(options.size());
    Path script = scratch.resolve(workload.name() + ".dml");
    Files.writeString(script, workload.text(Files.readString(workload.file(options.root()))));
    Map<Subject, List<Run>> runs = new LinkedHashMap<>();
    subjects(workload).forEach(s -> runs.put(s, new ArrayList<>()));
    for (int turn = 0; turn < Math.max(options.runs(), options.rivalRuns()); turn++) {
      for (Subject subject : runs.keySet()) {
        if (turn >= (subject.isReprise() ? options.runs() : options.rivalRuns())) {
          continue;
        }
        List<String> command = launch.command(subject, script, workload.script(), arguments);
        Run run = Run.of(command, scratch, options.limitSeconds(), launch.statistics());
        runs.get(subject).add(run);
        System.out.printf(
            "%-22s %-20s %d/%d  %6.2f s  work %6.2f s  %s%n",
            workload.name(),
            subject.label(),
            turn + 1,
            options.runs(),
            run.wallSeconds(),
            run.workSeconds(),
            run.outcome());
      }
    }
    Output reference =
        runs.values().stream()
            .flatMap(List::stream)
            .filter(Run::isOk)
            .map(Run::output)
            .findFirst()
            .orElse(new Output(List.of(), Double.NaN, false));
    List<Comparison.Cell> cells = new ArrayList<>();
    runs.forEach((subject, list) -> cells.add(cell(subject, list, reference, workload)));
    return new Comparison.Row(
        workload.name(),
        workload.title(),
        arguments,
        workload.tolerance(),
        workload.published(),
        cells);
  }

  /** The chosen subjects and those that exist for this workload alone, if they are to be had. */
  private List<Subject> subjects(Workload workload) throws IOException, InterruptedException {
    List<Subject> all = new ArrayList<>(options.subjects());
    for (Subject subject : workload.besides()) {
      if (!subject.system().equals("sklearn") || hasScikitLearn()) {
        all.add(subject);
      }
    }
    return all;
  }

  private static boolean hasScikitLearn() throws IOException, InterruptedException {
    Process python =
        new ProcessBuilder(Launch.python(), "-c", "import sklearn")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    boolean isThere = python.waitFor() == 0;
    if (!isThere) {
      System.out.println(
          "no scikit-learn: install it for python3 (apt-get install python3-sklearn) or set"
              + " PYTHON");
    }
    return isThere;
  }

  private static Comparison.Cell cell(
      Subject subject, List<Run> runs, Output reference, Workload workload) {
    List<Output> outputs = runs.stream().filter(Run::isOk).map(Run::output).toList();
    Set<String> checksums = new LinkedHashSet<>();
    outputs.forEach(o -> checksums.add(o.checksum()));
    return new Comparison.Cell(
        subject.system(),
        subject.mode(),
        runs.stream().map(Run::wallSeconds).toList(),
        runs.stream().map(r -> Double.isNaN(r.workSeconds()) ? null : r.workSeconds()).toList(),
        runs.stream().map(Run::load).toList(),
        runs.stream().map(Run::outcome).toList(),
        List.copyOf(checksums),
        outputs.stream().allMatch(o -> o.agreesWith(reference, workload.tolerance())),
        outputs.isEmpty() ? List.of() : outputs.getFirst().lines(),
        runs.stream().map(Run::counts).toList());
  }

  private String commandLine() {
    List<String> words = new ArrayList<>(List.of("bench/compare", "--size", options.size()));
    words.addAll(List.of("--runs", Integer.toString(options.runs()), "--heap", options.heap()));
    if (options.rivalRuns() != options.runs()) {
      words.addAll(List.of("--rival-runs", Integer.toString(options.rivalRuns())));
    }
    if (!options.suite().equals(Workload.FIRST_SUITE)) {
      words.addAll(List.of("--suite", options.suite()));
    }
    if (!options.workloads().isEmpty()) {
      words.addAll(List.of("--workloads", String.join(",", options.workloads())));
    }
    options.repriseOptions().forEach(o -> words.addAll(List.of("--reprise-option", o)));
    return String.join(" ", words);
  }

  private Map<String, String> versions(Launch launch) throws IOException, InterruptedException {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("SystemDS", "3.3.0 on " + javaVersion(launch.systemDsJava()));
    versions.put(
        "Reprise",
        Machine.commit(options.root()) + " on Java " + System.getProperty("java.vm.version"));
    return versions;
  }

  private static String javaVersion(Path java) throws IOException {
    Path release = java.toRealPath().getParent().resolveSibling("release");
    return Files.readAllLines(release).stream()
        .filter(line -> line.startsWith("JAVA_VERSION="))
        .map(line -> "Java " + line.replaceAll("JAVA_VERSION=|\"", ""))
        .findFirst()
        .orElse("Java 17");
  }
}

package dev.reprise.bench.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the command line asks for; {@link #USAGE} explains each.
 *
 * @param suite the workloads to choose from
 * @param rivalRuns processes per workload and subject of other systems
 * @param reprise the command to measure
 * @param reports result files to make the page from instead of measuring
 * @param steps JMH result files for the page
 */
record Options(
    Path root,
    List<String> workloads,
    List<Subject> subjects,
    String suite,
    String size,
    int runs,
    int rivalRuns,
    long limitSeconds,
    String heap,
    String machine,
    Path reprise,
    List<String> repriseOptions,
    Path out,
    boolean writesPage,
    List<Path> reports,
    List<Path> steps) {

  static final String USAGE =
      """
      bench/compare [options]: SystemDS and Reprise side by side, one fresh process per run, interleaved

        --suite systems|lima|memphis|loops|eviction|training|ensemble   which workloads (default: systems)
        --size smoke|quick|warm|standard|training|long|large   how much work (default: smoke)
        --workloads a,b,...           only these (default: all that have the size)
        --subjects s:m,s:m,...        systems and modes, in the order in which they take turns, the first is the base
                                      (default: systemds:base,systemds:trace,systemds:multilevel,systemds:hybrid,
                                      reprise:none,reprise:trace,reprise:full)
        --runs n                      processes per workload and subject (default: 5)
        --rival-runs n                the same for SystemDS and scikit-learn, which cost most of the time (default: as --runs)
        --limit seconds               after which a process counts as hung and is killed (default: 300)
        --heap size                   heap of SystemDS's JVM (default: 8g)
        --reprise file                the command to measure (default: ./reprise of this tree)
        --reprise-option text         a further option of `reprise run`; repeatable
        --machine name                name in the result file (default: from processor and cores)
        --out file                    result file (default: bench/results/<machine>-<date>.json)
        --no-page                     leave docs/benchmarks.md as it is
        --report file                 make docs/benchmarks.md from this result file and measure nothing; repeatable
        --jmh file                    put the single steps of this JMH result file on the page; repeatable
      """;

  /** Reads the arguments after the project's root folder, which is the first. */
  static Options parse(String[] args) {
    Path root = Path.of(args[0]).toAbsolutePath().normalize();
    List<String> workloads = List.of();
    List<Subject> subjects =
        subjects(
            "systemds:base,systemds:trace,systemds:multilevel,systemds:hybrid,"
                + "reprise:none,reprise:trace,reprise:full");
    String suite = Workload.FIRST_SUITE;
    String size = "smoke";
    int runs = 5;
    int rivalRuns = 0;
    long limitSeconds = 300;
    String heap = "8g";
    String machine = null;
    Path reprise = root.resolve("reprise");
    List<String> repriseOptions = new ArrayList<>();
    Path out = null;
    boolean writesPage = true;
    List<Path> reports = new ArrayList<>();
    List<Path> steps = new ArrayList<>();
    for (int i = 1; i < args.length; i++) {
      String option = args[i];
      if (option.equals("--no-page")) {
        writesPage = false;
        continue;
      }
      if (i + 1 == args.length) {
        throw new IllegalArgumentException("no such option or no value for it: " + option);
      }
      String value = args[++i];
      switch (option) {
        case "--suite" -> suite = value;
        case "--size" -> size = value;
        case "--workloads" -> workloads = List.of(value.split(","));
        case "--subjects" -> subjects = subjects(value);
        case "--runs" -> runs = Integer.parseInt(value);
        case "--rival-runs" -> rivalRuns = Integer.parseInt(value);
        case "--limit" -> limitSeconds = Long.parseLong(value);
        case "--heap" -> heap = value;
        case "--reprise" -> reprise = Path.of(value).toAbsolutePath();
        case "--reprise-option" -> repriseOptions.add(value);
        case "--machine" -> machine = value;
        case "--out" -> out = Path.of(value);
        case "--report" -> reports.add(Path.of(value));
        case "--jmh" -> steps.add(Path.of(value));
        default -> throw new IllegalArgumentException("no such option: " + option);
      }
    }
    return new Options(
        root,
        workloads,
        subjects,
        suite,
        size,
        runs,
        rivalRuns == 0 ? runs : rivalRuns,
        limitSeconds,
        heap,
        machine,
        reprise,
        repriseOptions,
        out,
        writesPage,
        reports,
        steps);
  }

  private static List<Subject> subjects(String text) {
    List<Subject> subjects = new ArrayList<>();
    for (String part : text.split(",(?=[a-z]+:)")) {
      subjects.add(Subject.parse(part));
    }
    return subjects;
  }
}

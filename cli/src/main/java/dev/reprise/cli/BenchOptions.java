package dev.reprise.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/**
 * The options of a session that all cells of a comparison share; those of {@link SessionOptions}
 * with the same meaning, which also checks their values.
 */
final class BenchOptions {
  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Base of all seeds that the system draws, the same in all runs. Default: 42.")
  private String seed = "42";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that kernels and parfor workers share. Default: all cores.")
  private String threads;

  @Option(
      names = "--memory",
      paramLabel = "BUDGETS",
      description = "Bytes per location, as in host=4g,disk=50g,opencl:0=256m.")
  private String memory;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      description = "fp64, fp32, tf32, bf16. Default: fp64.")
  private String precision = "fp64";

  @Option(
      names = "--numerics",
      paramLabel = "MODE",
      description = "default or exact: how equal results of rewrites are.")
  private String numerics;

  @Option(names = "--policy", paramLabel = "NAME", description = "Which cached value goes first.")
  private String policy;

  @Option(names = "--fusion", paramLabel = "on|off", description = "Fused chains. Default: on.")
  private String fusion;

  @Option(
      names = "--graphs",
      paramLabel = "on|off",
      description = "Iterations launched at once on accelerators. Default: on.")
  private String graphs;

  @Option(names = "--optimize", paramLabel = "on|off", description = "Rewrites. Default: on.")
  private String optimize;

  @Option(names = "--spill-folder", paramLabel = "DIR", description = "Folder for values on disk.")
  private String spillFolder;

  @Option(
      names = "--library",
      paramLabel = "DIR",
      description = "Folder with further functions (f.dml for f), searched first; repeatable.")
  private List<String> library = new ArrayList<>();

  /**
   * The settings of one cell.
   *
   * @throws UsageException for a word that an option does not know
   */
  Settings settings(String placement, String reuse) {
    SessionOptions options = new SessionOptions();
    set(options, "--device", placement);
    set(options, "--reuse", reuse);
    set(options, "--seed", seed);
    set(options, "--threads", threads);
    set(options, "--memory", memory);
    set(options, "--precision", precision);
    set(options, "--numerics", numerics);
    set(options, "--policy", policy);
    set(options, "--fusion", fusion);
    set(options, "--graphs", graphs);
    set(options, "--optimize", optimize);
    set(options, "--spill-folder", spillFolder);
    library.forEach(folder -> set(options, "--library", folder));
    return options.settings();
  }

  private static void set(SessionOptions options, String option, String value) {
    if (value != null && !options.takeValue(option, value)) {
      throw new UsageException(
          option + ": '" + value + "' is no whole number of at most nine digits");
    }
  }
}

package dev.reprise.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code reprise dml}: the command line of Apache SystemDS. */
@Command(
    name = "reprise dml",
    customSynopsis = "reprise dml (-f FILE | -s TEXT) [FLAGS] [-args V... | -nvargs K=V...]",
    usageHelpWidth = 100,
    description = {
      "Runs a script with the flags of Apache SystemDS, before or after -args and -nvargs:",
      "",
      "  -f FILE              the script",
      "  -s TEXT              the script itself",
      "  -args V...           values of $1, $2, ...",
      "  -nvargs K=V...       values of $K",
      "  -exec MODE           singlenode, hybrid, spark: all run on this machine",
      "  -gpu [force]         use a GPU where there is one",
      "  -seed N              base of all seeds that the system draws",
      "  -stats [N]           print statistics with the N heaviest operations",
      "  -explain [LEVEL]     print the compiled program first",
      "  -config FILE         read for its settings; unknown ones give one warning",
      "  -lineage [WORD...]   trace and reuse: dedup, reuse_full, reuse_partial,",
      "                       reuse_multilevel, reuse_hybrid, policy_lru,",
      "                       policy_costnsize, policy_dagheight, estimate, debugger",
      "",
      "Without -lineage nothing is traced or reused, as in SystemDS.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  reprise dml -f train.dml -stats 20 -nvargs X=data/x.csv",
      "  reprise dml -f train.dml -args data/x.csv -lineage reuse_hybrid"
    })
final class DmlCommand implements Callable<ExitCode> {
  @Option(
      names = {"-help", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  /**
   * Only the help text comes from here; {@link DmlFlags} reads the flags, whose form is not ours.
   */
  @Override
  public ExitCode call() {
    throw new UsageException("dml expects either -f FILE or -s TEXT");
  }
}

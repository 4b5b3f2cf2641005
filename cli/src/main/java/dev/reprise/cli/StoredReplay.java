package dev.reprise.cli;

import dev.reprise.ReplayRequest;
import dev.reprise.ReplayResult;
import dev.reprise.Reprise;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import dev.reprise.store.Experiments;
import dev.reprise.store.StoreConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code reprise experiments replay}: computes again what a store knows the history of. */
final class StoredReplay {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where a replay writes. Without it and --verify, the value is printed.")
  private Path output;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "Of the file of a replay. Default: by its name.")
  private String format;

  @Option(
      names = "--from",
      paramLabel = "FILE=OTHER",
      description = "Read OTHER where what is replayed reads FILE; repeatable.")
  private List<String> replaced = new ArrayList<>();

  @Option(
      names = "--verify",
      description = {
        "Compare what the replay of a LINEAGE gives with what the store keeps;",
        "ends with 1 when it differs."
      })
  private boolean verify;

  /** What a run wrote to the file of a name, or a model that it scored. */
  ExitCode written(Experiments experiments, long run, String name, Console console)
      throws IOException {
    if (verify) {
      throw new UsageException("--verify goes with the replay of a LINEAGE");
    }
    ExitCode[] code = {ExitCode.FINE};
    experiments.withTraceFile(
        experiments.run(run).id(),
        name,
        trace -> code[0] = replayed(ReplayRequest.of(trace), config(console), console));
    return code[0];
  }

  /** The value whose lineage begins with some digits. */
  ExitCode value(StoreConfig store, String digits, Console console) throws IOException {
    if (verify && output != null) {
      throw new UsageException("experiments replay takes either -o or --verify");
    }
    ReplayRequest request = ReplayRequest.ofStored(digits);
    return replayed(
        verify ? request.with(new ReplayRequest.Comparison.WithKept()) : request,
        config(console).withStore(store.asReadOnly()),
        console);
  }

  private static SessionConfig config(Console console) {
    return SessionConfig.defaults().withOutput(console.out(), console.err());
  }

  private ExitCode replayed(ReplayRequest request, SessionConfig config, Console console)
      throws IOException {
    OutputPlaces.named("--output", output);
    String known = ReplayCommand.format(format, output);
    ReplayResult result;
    try (Session session = Reprise.session(config)) {
      console.interruption().onInterrupt(Thread.currentThread()::interrupt);
      result =
          session.replay(
              request
                  .withReplacements(ReplayCommand.replacements(replaced))
                  .withOutput(output, known));
    }
    return ReplayCommand.told(result, console);
  }
}

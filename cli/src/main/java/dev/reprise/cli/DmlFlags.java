package dev.reprise.cli;

import dev.reprise.Trap;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads the flags of Apache SystemDS, in any order, and turns them into ours. */
final class DmlFlags {
  private static final List<String> FLAGS =
      List.of(
          "-f",
          "-s",
          "-args",
          "-nvargs",
          "-exec",
          "-gpu",
          "-seed",
          "-stats",
          "-explain",
          "-config",
          "-lineage",
          "-help");
  private static final List<String> LINEAGE_WORDS =
      List.of(
          "dedup",
          "reuse_full",
          "reuse_partial",
          "reuse_multilevel",
          "reuse_hybrid",
          "policy_lru",
          "policy_costnsize",
          "policy_dagheight",
          "estimate",
          "debugger");
  private static final List<String> EXECUTION_MODES =
      List.of("singlenode", "hybrid", "spark", "hadoop");
  private static final List<String> EXPLAIN_LEVELS =
      List.of(
          "hops", "runtime", "recompile_hops", "recompile_runtime", "codegen", "codegen_recompile");

  private final List<String> words;
  private final PrintStream err;
  private int next;

  private String file;
  private String text;
  private final List<String> args = new ArrayList<>();
  private final List<String> nvargs = new ArrayList<>();
  private String reuse = "none";
  private boolean dedup;
  private String policy = "costnsize";
  private String device = "cpu";
  private OptionalLong seed = OptionalLong.empty();
  private OptionalInt threads = OptionalInt.empty();
  private boolean stats;
  private int statsRows = Settings.DEFAULT_STATS_ROWS;
  private boolean explain;
  private Checks checks = Checks.NONE;

  private DmlFlags(List<String> words, PrintStream err) {
    this.words = words;
    this.err = err;
  }

  /**
   * @param err takes notes about flags that mean nothing here
   * @throws UsageException for an unknown flag or a flag without its value
   */
  static DmlFlags parse(List<String> words, PrintStream err) {
    DmlFlags flags = new DmlFlags(words, err);
    while (flags.next < words.size()) {
      flags.flag(words.get(flags.next++));
    }
    if ((flags.file == null) == (flags.text == null)) {
      throw new UsageException("dml expects either -f FILE or -s TEXT");
    }
    return flags;
  }

  /**
   * @throws IOException when the script is read here and cannot be
   */
  ScriptSource source() throws IOException {
    Map<String, String> arguments = ScriptSource.arguments(args, nvargs, "-nvargs");
    return text != null
        ? new ScriptSource(null, text, arguments)
        : ScriptSource.of(file, arguments);
  }

  Settings settings() {
    return new Settings(
        reuse,
        dedup,
        true,
        true,
        true,
        policy,
        device,
        "default",
        "fp64",
        MemoryBudgets.DEFAULT,
        null,
        null,
        false,
        seed,
        threads,
        List.of(),
        stats,
        statsRows,
        null,
        null,
        null,
        false,
        explain,
        false,
        checks);
  }

  private void flag(String flag) {
    switch (flag) {
      case "-f" -> file = value(flag);
      case "-s" -> text = value(flag);
      case "-args" -> values(args);
      case "-nvargs" -> values(nvargs);
      case "-exec" -> Choices.oneOf(flag, value(flag), EXECUTION_MODES);
      case "-gpu" -> gpu();
      case "-seed" -> seed = OptionalLong.of(number(flag, value(flag)));
      case "-stats" -> stats();
      case "-explain" -> explain();
      case "-config" -> config(Path.of(value(flag)));
      case "-lineage" -> lineage();
      default ->
          throw new UsageException(
              "unknown flag '"
                  + flag
                  + "'"
                  + Choices.hint(flag, FLAGS)
                  + " (see 'reprise help dml')");
    }
  }

  private void gpu() {
    device = "auto";
    if (peek().equals("force")) {
      next++;
    }
  }

  private void stats() {
    stats = true;
    if (isNumber(peek())) {
      statsRows = Math.clamp(number("-stats", words.get(next++)), 0, 1000);
    }
  }

  private void explain() {
    explain = true;
    if (EXPLAIN_LEVELS.contains(peek().toLowerCase(Locale.ROOT))) {
      next++;
    }
  }

  private void config(Path configFile) {
    DmlConfig config = DmlConfig.read(configFile);
    threads = config.threads();
    if (!config.unknown().isEmpty()) {
      err.println(
          "reprise: warning: "
              + configFile
              + ": these settings have no effect here: "
              + String.join(", ", config.unknown()));
    }
  }

  private void lineage() {
    if (reuse.equals("none")) {
      reuse = "trace";
    }
    while (!peek().isEmpty() && !FLAGS.contains(peek())) {
      String word = Choices.oneOf("-lineage", words.get(next++), LINEAGE_WORDS);
      if (word.startsWith("reuse_")) {
        reuse = word.substring("reuse_".length());
      } else if (word.startsWith("policy_")) {
        policy = word.substring("policy_".length());
      } else if (word.equals("dedup")) {
        dedup = true;
      } else if (word.equals("estimate")) {
        checks = new Checks(checks.traps(), true, 0);
      } else if (word.equals("debugger")) {
        checks = new Checks(EnumSet.allOf(Trap.class), checks.estimate(), 0);
      }
    }
  }

  /** The next word, or nothing at the end. */
  private String peek() {
    return next < words.size() ? words.get(next) : "";
  }

  private String value(String flag) {
    if (next == words.size()) {
      throw new UsageException(flag + " needs a value");
    }
    return words.get(next++);
  }

  private void values(List<String> target) {
    while (next < words.size() && !FLAGS.contains(words.get(next))) {
      target.add(words.get(next++));
    }
  }

  private static boolean isNumber(String word) {
    return !word.isEmpty() && word.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static long number(String flag, String word) {
    try {
      return Long.parseLong(word);
    } catch (NumberFormatException e) {
      throw new UsageException(flag + " needs an integer, found '" + word + "'");
    }
  }
}

package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The quick reading and picocli's agree wherever the quick one answers. */
class QuickWordsTest {
  private static final List<List<String>> PIECES =
      List.of(
          List.of("train.dml"),
          List.of("-"),
          List.of("-s", "print(1)"),
          List.of("--script", "print(1) # -x"),
          List.of("--args", "a", "b"),
          List.of("-args", "1"),
          List.of("--nvargs", "x=1", "y=a=b"),
          List.of("-nvargs", "k=v"),
          List.of("--reuse", "full"),
          List.of("--reuse=none"),
          List.of("--dedup", "off"),
          List.of("--policy", "lru"),
          List.of("--device", "cuda:1"),
          List.of("--numerics", "exact"),
          List.of("--precision", "fp32"),
          List.of("--memory", "host=4g,disk=50g"),
          List.of("--store", "folder"),
          List.of("--seed", "7"),
          List.of("--seed", "-7"),
          List.of("--threads", "2"),
          List.of("--threads", "two"),
          List.of("--library", "lib"),
          List.of("--library", "more"),
          List.of("--trap", "nan"),
          List.of("--trap", "nan,inf"),
          List.of("--estimate"),
          List.of("--verify-reuse", "1/100"),
          List.of("--stats"),
          List.of("--stats-json", "s.json"),
          List.of("--trace-file", "t.json"),
          List.of("--metrics", "m"),
          List.of("--progress"),
          List.of("--explain"),
          List.of("-v"),
          List.of("--verbose"),
          List.of("--unknown", "1"),
          List.of("--args"),
          List.of("--help"));

  private record Reading(ScriptSource source, Settings settings) {}

  /** What the quick reading makes of the words; null when it leaves them to picocli. */
  private static Reading quick(List<String> words) throws IOException {
    ScriptWords script = new ScriptWords();
    SessionOptions options = new SessionOptions();
    return QuickWords.read(words, script, options)
        ? new Reading(script.source(), options.settings())
        : null;
  }

  private static Reading picocli(List<String> words) throws IOException {
    RunCommand command = new RunCommand(null);
    new CommandLine(command).setExpandAtFiles(false).parseArgs(words.toArray(new String[0]));
    return new Reading(command.source(), command.settings());
  }

  @Test
  void bothReadingsAgreeOnRandomCommandLines() throws IOException {
    long seed = 20261121;
    Random random = new Random(seed);
    int answered = 0;
    for (int i = 0; i < 3000; i++) {
      List<String> words = new ArrayList<>();
      words.addAll(random.nextBoolean() ? List.of("a.dml") : List.of("-s", "print(2)"));
      for (int n = random.nextInt(5); n > 0; n--) {
        words.addAll(PIECES.get(random.nextInt(PIECES.size())));
      }
      Reading quick;
      try {
        quick = quick(words);
      } catch (UsageException e) {
        continue;
      }
      if (quick != null) {
        answered++;
        assertThat(quick).as("seed %d, words %s", seed, words).isEqualTo(picocli(words));
      }
    }
    assertThat(answered).isGreaterThan(500);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "-h",
        "--reuse=none",
        "--resue full",
        "--threads two",
        "--seed",
        "--reuse",
        "a b"
      })
  void unusualFormsAreLeftToPicocli(String words) throws IOException {
    assertThat(quick(List.of(words.split(" ")))).isNull();
  }

  @Test
  void everyOptionWithoutSpecialFormIsRead() {
    CommandLine line = new CommandLine(new RunCommand(null));
    for (var option : line.getCommandSpec().options()) {
      if (option.usageHelp()) {
        continue;
      }
      String value = option.type() == Integer.class || option.type() == Long.class ? "1" : "x=1";
      List<String> words = new ArrayList<>(List.of(option.longestName()));
      if (option.arity().max() > 0) {
        words.add(value);
      }
      ScriptWords script = new ScriptWords();
      assertThat(QuickWords.read(words, script, new SessionOptions()))
          .as(option.longestName())
          .isTrue();
    }
  }
}

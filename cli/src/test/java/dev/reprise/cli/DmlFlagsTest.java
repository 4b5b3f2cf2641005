package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.Trap;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DmlFlagsTest {
  private final ByteArrayOutputStream notes = new ByteArrayOutputStream();

  private DmlFlags parse(String... words) {
    return DmlFlags.parse(List.of(words), new PrintStream(notes, true, StandardCharsets.UTF_8));
  }

  @Test
  void flagsMayStandAfterTheArguments() throws Exception {
    DmlFlags flags =
        parse("-f", "a.dml", "-nvargs", "X=x.csv", "r=1", "-stats", "20", "-seed", "7");
    assertThat(flags.source().file()).isEqualTo(Path.of("a.dml"));
    assertThat(flags.source().arguments()).containsEntry("X", "x.csv").containsEntry("r", "1");
    assertThat(flags.settings().stats()).isTrue();
    assertThat(flags.settings().statsRows()).isEqualTo(20);
    assertThat(flags.settings().seed()).hasValue(7);
  }

  @Test
  void flagsMayStandBeforeTheArguments() throws Exception {
    DmlFlags flags = parse("-stats", "-explain", "hops", "-s", "print($2)", "-args", "-1", "b");
    assertThat(flags.source().text()).isEqualTo("print($2)");
    assertThat(flags.source().arguments()).containsEntry("1", "-1").containsEntry("2", "b");
    assertThat(flags.settings().statsRows()).isEqualTo(Settings.DEFAULT_STATS_ROWS);
    assertThat(flags.settings().explain()).isTrue();
  }

  @Test
  void withoutLineageNothingIsTraced() {
    assertThat(parse("-f", "a.dml").settings().reuse()).isEqualTo("none");
  }

  @ParameterizedTest
  @CsvSource({
    "'', trace",
    "dedup, trace",
    "reuse_full, full",
    "reuse_partial, partial",
    "reuse_multilevel, multilevel",
    "reuse_hybrid, hybrid",
    "estimate, trace",
    "debugger, trace"
  })
  void everyLineageWordIsUnderstood(String word, String reuse) {
    DmlFlags flags =
        word.isEmpty() ? parse("-lineage", "-f", "a") : parse("-lineage", word, "-f", "a");
    assertThat(flags.settings().reuse()).isEqualTo(reuse);
  }

  @Test
  void lineageTakesSeveralWords() {
    Settings settings =
        parse("-f", "a", "-lineage", "dedup", "reuse_hybrid", "policy_lru").settings();
    assertThat(settings.dedup()).isTrue();
    assertThat(settings.reuse()).isEqualTo("hybrid");
    assertThat(settings.policy()).isEqualTo("lru");
  }

  @Test
  void estimateCountsAndDebuggerTraps() {
    assertThat(parse("-f", "a", "-lineage", "estimate").settings().checks().estimate()).isTrue();
    assertThat(parse("-f", "a", "-lineage", "debugger").settings().checks().traps())
        .containsExactlyInAnyOrder(Trap.NAN, Trap.INF);
    assertThat(parse("-f", "a", "-lineage").settings().checks()).isEqualTo(Checks.NONE);
  }

  @Test
  void executionModesAndGpuAreAccepted() {
    assertThat(parse("-f", "a", "-exec", "singlenode", "-gpu", "force").settings().device())
        .isEqualTo("auto");
  }

  @Test
  void unknownSettingsGiveOneWarning(@TempDir Path folder) throws Exception {
    Path config = folder.resolve("config.xml");
    Files.writeString(
        config,
        """
        <!-- settings -->
        <root>
          <sysds.localtmpdir>/tmp/systemds</sysds.localtmpdir>
          <sysds.cp.parallel.ops>false</sysds.cp.parallel.ops>
          <sysds.optlevel>2</sysds.optlevel>
        </root>
        """);
    assertThat(parse("-f", "a", "-config", config.toString()).settings().threads()).hasValue(1);
    assertThat(notes.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .contains("sysds.localtmpdir, sysds.optlevel")
        .doesNotContain("parallel");
  }

  @Test
  void whatIsWrongIsToldInOneLine(@TempDir Path folder) throws Exception {
    Path broken = Files.writeString(folder.resolve("broken.xml"), "<root><a></root>");
    assertUsage("did you mean '-stats'?", "-f", "a", "-stat");
    assertUsage("either -f FILE or -s TEXT", "-stats");
    assertUsage("either -f FILE or -s TEXT", "-f", "a", "-s", "b");
    assertUsage("-f needs a value", "-f");
    assertUsage("did you mean 'reuse_full'?", "-f", "a", "-lineage", "reuse_ful");
    assertUsage("not well-formed", "-f", "a", "-config", broken.toString());
    assertUsage("file not found", "-f", "a", "-config", folder.resolve("none").toString());
    assertUsage("needs an integer", "-f", "a", "-seed", "x");
    assertThatThrownBy(() -> parse("-f", "a", "-nvargs", "x").source())
        .isInstanceOf(UsageException.class)
        .hasMessage("-nvargs expects name=value, found 'x'");
  }

  private void assertUsage(String message, String... words) {
    assertThatThrownBy(() -> parse(words))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }
}

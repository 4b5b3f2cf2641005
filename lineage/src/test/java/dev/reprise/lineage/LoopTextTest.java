package dev.reprise.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.operation.OperationTable;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoopTextTest {
  private static final int PROGRAMS = 500;

  private static Map<String, LineageItem> outputs(LineageItem[] items) {
    Map<String, LineageItem> outputs = new LinkedHashMap<>();
    for (int i = 0; i < items.length; i++) {
      if (items[i] != null) {
        outputs.put("v" + i, items[i]);
      }
    }
    return outputs;
  }

  private static String text(Map<String, LineageItem> outputs) throws Exception {
    StringBuilder text = new StringBuilder();
    TraceWriter.write(outputs, text);
    return text.toString();
  }

  private static Trace read(String text) throws Exception {
    return TraceReader.read(new StringReader(text), OperationTable.standard());
  }

  @Test
  void whatIsReadBackHasTheKeysOfWhatWasWrittenAndIsWrittenAlike() throws Exception {
    int withLoops = 0;
    for (long seed = 0; seed < PROGRAMS; seed++) {
      List<LoopPrograms.Statement> program = new LoopPrograms(seed).program();
      LineageItem[] plain = LoopPrograms.execute(program, false);
      Map<String, LineageItem> stored = outputs(LoopPrograms.execute(program, true));
      String text = text(stored);
      withLoops += text.startsWith("reprise-lineage 2") ? 1 : 0;
      Trace read = read(text);
      assertThat(read.outputs().keySet()).isEqualTo(stored.keySet());
      for (Map.Entry<String, LineageItem> output : read.outputs().entrySet()) {
        int variable = Integer.parseInt(output.getKey().substring(1));
        assertThat(output.getValue().key())
            .as("program %d, variable %d:%n%s", seed, variable, text)
            .isEqualTo(plain[variable].key());
      }
      if (text.startsWith("reprise-lineage 2")) {
        assertThat(text(read.outputs())).as("program %d", seed).isEqualTo(text);
      }
    }
    assertThat(withLoops).isGreaterThan(PROGRAMS / 2);
  }

  @Test
  void replayFollowsTheLoopsAndGivesEveryValueBack() {
    for (long seed = 0; seed < PROGRAMS; seed++) {
      List<LoopPrograms.Statement> program = new LoopPrograms(seed).program();
      LineageItem[] plain = LoopPrograms.execute(program, false);
      LineageItem[] stored = LoopPrograms.execute(program, true);
      for (int i = 0; i < stored.length; i++) {
        if (stored[i] == null) {
          continue;
        }
        TraceProgram steps = TraceProgram.of(Map.of("x", stored[i]));
        if (steps.hasLoops()) {
          KeyMachine machine = new KeyMachine();
          KeyMachine.Counted value = ProgramReplay.first(steps, machine);
          assertThat(value.key).as("program %d, variable %d", seed, i).isEqualTo(plain[i].key());
          assertThat(machine.live()).isEqualTo(1);
          assertThat(value.references).isEqualTo(1);
        }
      }
    }
  }

  private static final String LOOP =
      """
      reprise-lineage 2
      %1 = read{fingerprint=a} @ "X.csv"
      %2 = literal double 0.5
      %3 = literal integer 1
      patch 1 of 1
      ?1 = column integer
      $1 = * ^1 &1
      $2 = + $1 ?1
      next ^1 = $2
      body 1 from 0
      path 1*1000000000000
      column 1 ?1 0:*/1
      %4 = loop 1 %1 %2 %3
      %5 = %4^1
      return %5
      """;

  @Test
  void aLoopIsReadWithoutBeingExpandedAndWrittenBackAlike() throws Exception {
    Trace read = read(LOOP);
    assertThat(text(read.outputs())).isEqualTo(LOOP);
    assertThat(read.isTooLargeToExpand()).isTrue();
    assertThat(read(LOOP.replace("*1000000000000", "*100")).isTooLargeToExpand()).isFalse();
    assertThat(read(LOOP.replace("*1000000000000", "*100")).size()).isEqualTo(302);
  }

  @Test
  void mistakesInLoopsAreRefusedWithLineAndReason() {
    refused("$1 = * ^1 &1", "$1 = * ^2 &1", 7, "there is no number 2");
    refused("$2 = + $1 ?1", "$2 = + $2 ?1", 8, "there is no number 2");
    refused("$2 = + $1 ?1", "$2 = + $1 ?7", 8, "there is no number 7");
    refused("$2 = + $1 ?1", "$2 = + $1", 8, "'+' takes 2 inputs");
    refused("$2 = + $1 ?1", "$2 = + $1 -", 8, "no absent operands");
    refused("column integer", "column complex", 6, "no columns of kind 'complex'");
    refused("path 1*1000000000000", "path 2", 11, "there is no number 2");
    refused("path 1*1000000000000", "path 1*0", 11, "no iterations");
    refused("column 1 ?1 0:*/1\n", "", 10, "column of value ?1 is missing");
    refused("0:*/1", "5:*/1", 10, "begins too late");
    refused("0:*/1", "0:*/1 0:4/1", 12, "ascend");
    refused("0:*/1", "0:x/1", 12, "'x' is no number");
    refused("loop 1 %1 %2 %3", "loop 1 %1 %2", 13, "takes 3 inputs, but has 2");
    refused("loop 1 %1 %2 %3", "loop 1 %1 %2 %1", 13, "must be a number");
    refused("loop 1 %1 %2 %3", "loop 1 %1 - %3", 13, "must be there");
    refused("loop 1 %1 %2 %3", "loop 2 %1 %2 %3", 13, "body 2 is not defined");
    refused("%5 = %4^1", "%5 = %4^2", 14, "no variable ^2");
    refused("%5 = %4^1", "%5 = %3^1", 14, "expected a loop");
    refused("return %5", "return %4", 15, "is a loop");
    refused("reprise-lineage 2", "reprise-lineage 1", 5, "expected an item or 'return'");
    refused("reprise-lineage 2", "reprise-lineage 3", 1, "reads versions 1 and 2");
    refused("next ^1 = $2\n", "", 9, "");
    refused("path 1*1000000000000", "path 1*9223372036854775807 1", 11, "more than 2^63");
    refused("from 0\npath 1", "from 9223372036854775807\npath 1", 11, "more than 2^63");
  }

  /** Loops around a loop, each with the one inside twice. */
  private static String nested(int levels) {
    StringBuilder text = new StringBuilder("reprise-lineage 2\n%1 = read{fingerprint=a} @ \"X\"\n");
    text.append("patch 1 of 1\n$1 = t ^1\nnext ^1 = $1\nbody 1 from 0\npath 1*2\n");
    for (int level = 2; level <= levels; level++) {
      text.append("patch ").append(level).append(" of 1\n");
      text.append("$1 = loop ").append(level - 1).append(" ^1\n");
      text.append("$2 = loop ").append(level - 1).append(" $1^1\n");
      text.append("next ^1 = $2^1\nbody ").append(level).append(" from 0\n");
      text.append("path ").append(level).append("*2\n");
    }
    text.append("%2 = loop ").append(levels).append(" %1\n%3 = %2^1\nreturn %3\n");
    return text.toString();
  }

  @Test
  void loopsMayBeNestedUpToALimitAndAreLookedAtOnceEach() throws Exception {
    String deepest = nested(RunBody.DEPTH_LIMIT);
    Trace read = read(deepest);
    assertThat(read.isTooLargeToExpand()).isTrue();
    assertThat(TraceProgram.of(read.outputs()).expandedSize()).isEqualTo(Long.MAX_VALUE);
    assertThat(TraceProgram.of(read.outputs()).operations()).hasSize(2);
    assertThat(text(read.outputs())).isEqualTo(deepest);
    assertThatThrownBy(() -> read(nested(RunBody.DEPTH_LIMIT + 1)))
        .isInstanceOf(TraceFormatException.class)
        .hasMessageContaining("nested deeper than 48 levels");
    assertThat(read(nested(3)).output().height()).isEqualTo(32);
  }

  @Test
  void aLoopInsideStartsItsNumbersFromNumbersOnly() throws Exception {
    String text =
        """
        reprise-lineage 2
        %1 = read{fingerprint=a} @ "X.csv"
        %2 = literal integer 5
        patch 1 of 1
        ?1 = column integer
        $1 = * ^1 ?1
        next ^1 = $1
        body 1 from 0
        path 1*3
        column 1 ?1 0:*/1
        patch 2 of 1
        ?1 = column item
        $1 = loop 1 ^1 ?1
        next ^1 = $1^1
        body 2 from 0
        path 2*2
        column 2 ?1 0:%2
        %3 = loop 2 %1
        %4 = %3^1
        return %4
        """;
    assertThat(read(text).output().height()).isEqualTo(6);
    assertThatThrownBy(() -> read(text.replace("0:%2", "0:%1")).output().key())
        .isInstanceOf(TraceFormatException.class)
        .hasMessageContaining("not always a number");
  }

  private static void refused(String part, String replacement, int line, String reason) {
    assertThat(LOOP).contains(part);
    assertThatThrownBy(() -> read(LOOP.replace(part, replacement)))
        .as("%s -> %s", part, replacement)
        .isInstanceOfSatisfying(
            TraceFormatException.class,
            e -> {
              assertThat(e.getMessage()).contains(reason);
              assertThat(e.line()).isEqualTo(line);
            });
  }
}

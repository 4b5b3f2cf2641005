package dev.reprise.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.operation.OperationTable;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Calls outside of loops are stored as applications of a patch, and mean what they meant. */
class CallTraceTest {
  private static final int PROGRAMS = 600;

  private static String text(Map<String, LineageItem> outputs) throws Exception {
    StringBuilder text = new StringBuilder();
    TraceWriter.write(outputs, text);
    return text.toString();
  }

  @Test
  void storedCallsHaveTheKeysOfTheirItemsAndSurviveTheText() throws Exception {
    int stored = 0;
    for (long seed = 0; seed < PROGRAMS; seed++) {
      List<LoopPrograms.Statement> program = new LoopPrograms(seed).programWithCalls();
      LineageItem[] plain = LoopPrograms.execute(program, false);
      LineageItem[] items = LoopPrograms.execute(program, true);
      Map<String, LineageItem> outputs = new LinkedHashMap<>();
      for (int i = 0; i < items.length; i++) {
        if (items[i] != null) {
          outputs.put("v" + i, items[i]);
        }
      }
      String text = text(outputs);
      stored += text.startsWith("reprise-lineage 2") ? 1 : 0;
      Trace read = TraceReader.read(new StringReader(text), OperationTable.standard());
      for (int i = 0; i < items.length; i++) {
        assertThat(items[i] == null).isEqualTo(plain[i] == null);
        if (items[i] != null) {
          String what = "program %d, variable %d".formatted(seed, i);
          assertThat(items[i].height()).as(what).isEqualTo(plain[i].height());
          assertThat(items[i].key()).as(what).isEqualTo(plain[i].key());
          assertThat(read.outputs().get("v" + i).key()).as(what).isEqualTo(plain[i].key());
        }
      }
      if (text.startsWith("reprise-lineage 2")) {
        assertThat(text(read.outputs())).as("program %d", seed).isEqualTo(text);
      }
    }
    assertThat(stored).isGreaterThan(PROGRAMS / 2);
  }

  @Test
  void storedCallsAreReplayedAndGiveEveryValueBack() {
    for (long seed = 0; seed < PROGRAMS; seed++) {
      List<LoopPrograms.Statement> program = new LoopPrograms(seed).programWithCalls();
      LineageItem[] plain = LoopPrograms.execute(program, false);
      LineageItem[] stored = LoopPrograms.execute(program, true);
      for (int i = 0; i < stored.length; i++) {
        TraceProgram steps = stored[i] == null ? null : TraceProgram.of(Map.of("x", stored[i]));
        if (steps != null && steps.hasLoops()) {
          KeyMachine machine = new KeyMachine();
          KeyMachine.Counted value = ProgramReplay.first(steps, machine);
          assertThat(value.key).as("program %d, variable %d", seed, i).isEqualTo(plain[i].key());
          assertThat(machine.live()).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void callsOfOnePathShareTheirPatchAndBodyInTheText() throws Exception {
    LineageItem[] items = {
      LineageItem.leaf(RandomTraces.operation("read", "fingerprint", "a"), "X.csv"), null
    };
    RunCall call = new RunCall(2, new int[] {0, 1}, 1);
    for (int i = 0; i < 50; i++) {
      items[1] = RandomTraces.literal(10 * i);
      RunCall.Entry entry = call.enter(new RunScope(), items);
      for (int k = 0; k < 20; k++) {
        items[0] = LineageItem.of(RandomTraces.operation("+"), items[0], items[1]);
      }
      items[1] = null;
      assertThat(entry == null).as("the first call is no repeated one").isEqualTo(i == 0);
      if (entry != null) {
        entry.end();
      }
    }
    String text = text(Map.of(Trace.UNNAMED, items[0]));
    // The number is a constant of the first stored call and an input of all others.
    assertThat(text.lines().filter(line -> line.startsWith("patch "))).hasSize(2);
    assertThat(text.lines().filter(line -> line.startsWith("body "))).hasSize(2);
    assertThat(text.lines().filter(line -> line.contains(" = loop 2 "))).hasSize(48);
  }
}

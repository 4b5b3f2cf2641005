package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.reprise.language.CompileException;
import dev.reprise.runtime.ColumnType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists, maps and frames as inputs and outputs of scripts. */
class BoundListsTest {
  private static final double[][] X = {{1, 2}, {3, 4}};

  /** Large enough for its product with itself to be worth keeping. */
  private static double[][] large(double shift) {
    double[][] rows = new double[400][60];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] = Math.sin(i * 61 + j) + shift;
      }
    }
    return rows;
  }

  private static Columns cities() {
    return Columns.of("city", new String[] {"Bonn", null, "Graz"})
        .and("price", new double[] {1.5, 2, Double.NaN})
        .and("rooms", new Integer[] {3, null, 4})
        .and("sold", new boolean[] {true, false, true});
  }

  private static void everyWay(String script, String input, Object value, Checked check)
      throws CompileException {
    for (ReuseMode mode : new ReuseMode[] {ReuseMode.NONE, ReuseMode.HYBRID}) {
      Session session = Reprise.session(Scripts.config().withReuse(mode));
      try (session) {
        Script compiled = session.compile(script, CompileOptions.inputs(input).outputs("out"));
        for (int i = 0; i < 2; i++) {
          try (RunResult result = compiled.run(Inputs.of(input, value))) {
            check.accept(result);
          }
        }
      }
      assertThat(session.liveBuffersAtClose()).isZero();
    }
  }

  private interface Checked {
    void accept(RunResult result);
  }

  @Test
  void aListIsWhatAScriptCallsAList() throws CompileException {
    everyWay(
        "out = as.scalar(L[1]) + sum(as.matrix(L[2])) + length(L)",
        "L",
        List.of(10, X, "text"),
        result -> assertThat(result.scalar("out").asDouble()).isEqualTo(23));
  }

  @Test
  void aMapIsAListWithNamesInItsOrder() throws CompileException {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("weights", X);
    model.put("bias", 0.5);
    everyWay(
        "n = names(m); out = list(sum(as.matrix(m[\"weights\"])), as.scalar(m[\"bias\"]),"
            + " as.scalar(n[1]), as.scalar(n[2]))",
        "m",
        model,
        result -> assertThat(result.list("out")).containsExactly(10.0, 0.5, "weights", "bias"));
  }

  @Test
  void listsAndMapsComeBackAsTheyWent() throws CompileException {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("z", 1L);
    inner.put("a", List.of(true, 2.5, "t"));
    everyWay(
        "out = L",
        "L",
        List.of(inner, X, List.of()),
        result -> {
          List<Object> back = result.list("out");
          assertThat(back).hasSize(3);
          assertThat((Map<?, ?>) back.get(0)).isEqualTo(inner);
          assertThat(((Map<?, ?>) back.get(0)).keySet().stream().map(Object::toString))
              .containsExactly("z", "a");
          assertThat((double[][]) back.get(1)).isDeepEqualTo(X);
          assertThat((List<?>) back.get(2)).isEmpty();
        });
  }

  @Test
  void anEmptyMapIsAnEmptyList() throws CompileException {
    everyWay(
        "out = L",
        "L",
        Map.of(),
        result -> {
          assertThat(result.map("out")).isEmpty();
          assertThat(result.list("out")).isEmpty();
        });
  }

  @Test
  void framesGoInAndComeBack() throws CompileException {
    everyWay(
        "out = F",
        "F",
        cities(),
        result -> {
          Columns back = result.frame("out");
          assertThat(back.names()).containsExactly("city", "price", "rooms", "sold");
          assertThat(back.rows()).isEqualTo(3);
          assertThat(back.texts("city")).containsExactly("Bonn", null, "Graz");
          assertThat(back.numbers("price")).containsExactly(1.5, 2, Double.NaN);
          assertThat(back.isMissing("price", 2)).isFalse();
          assertThat(back.numbers("rooms")).containsExactly(3, Double.NaN, 4);
          assertThat(back.isMissing("rooms", 1)).isTrue();
          assertThat(back.numbers("sold")).containsExactly(1, 0, 1);
          assertThat(back.type("rooms")).isEqualTo(ColumnType.INTEGER);
        });
  }

  @Test
  void aFrameInAMapIsUsedAsAFrame() throws CompileException {
    everyWay(
        "F = as.frame(L[\"data\"]); out = list(n = nrow(F), F = F[1:2, ])",
        "L",
        Map.of("data", cities()),
        result -> {
          Map<String, Object> out = result.map("out");
          assertThat(out).contains(entry("n", 3L));
          assertThat(((Columns) out.get("F")).texts("city")).containsExactly("Bonn", null);
        });
  }

  @Test
  void whatIsComputedOfAListIsFoundInTheNextRunAndOfAnotherIsNot() throws CompileException {
    try (Session session = Reprise.session(Scripts.config())) {
      CompileOptions options = CompileOptions.inputs("L").outputs("out");
      Script script = session.compile("A = as.matrix(L[\"X\"]); out = sum(t(A) %*% A)", options);
      double first;
      try (RunResult result = script.run(Inputs.of("L", Map.of("X", large(0))))) {
        first = result.scalar("out").asDouble();
        assertThat(result.statistics().hits()).isZero();
      }
      try (RunResult result = script.run(Inputs.of("L", Map.of("X", large(0))))) {
        assertThat(result.scalar("out").asDouble()).isEqualTo(first);
        assertThat(result.statistics().hits()).isPositive();
      }
      try (RunResult result = script.run(Inputs.of("L", Map.of("X", large(1))))) {
        assertThat(result.scalar("out").asDouble()).isNotEqualTo(first);
      }
    }
  }

  @Test
  void aMatrixInAListKeepsItsLineage() throws CompileException {
    try (Session session = Reprise.session(Scripts.config());
        Matrix large = session.matrix(large(0))) {
      Script plain =
          session.compile("out = sum(t(X) %*% X)", CompileOptions.inputs("X").outputs("out"));
      Script inList =
          session.compile(
              "A = as.matrix(L[2]); out = sum(t(A) %*% A)",
              CompileOptions.inputs("L").outputs("out"));
      plain.run(Inputs.of("X", large)).close();
      try (RunResult result = inList.run(Inputs.of("L", List.of(0, large)))) {
        assertThat(result.statistics().hits()).isPositive();
      }
    }
  }

  @Test
  void framesAreIdentifiedByTheirContent() throws CompileException {
    try (Session session = Reprise.session(Scripts.config())) {
      Script script = session.compile("out = F", CompileOptions.inputs("F").outputs("out"));
      List<String> lineages = new ArrayList<>();
      Columns other = Columns.of("city", new String[] {"Bonn", "NA", "Graz"});
      for (Columns frame : new Columns[] {cities(), cities(), other}) {
        try (RunResult result = script.run(Inputs.of("F", frame))) {
          lineages.add(result.lineage("out"));
        }
      }
      assertThat(lineages.get(0)).isEqualTo(lineages.get(1)).contains("bound{fingerprint=");
      assertThat(lineages.get(2)).isNotEqualTo(lineages.get(0));
    }
  }

  @Test
  void whatIsAddedToAListAfterwardsIsNotSeen() throws CompileException {
    List<Object> inner = new ArrayList<>(List.of(1, 2));
    Map<String, Object> named = new LinkedHashMap<>(Map.of("inner", inner));
    Inputs inputs = Inputs.of("L", named);
    inner.add(3);
    named.put("more", 4);
    try (Session session = Reprise.session(Scripts.config())) {
      CompileOptions options = CompileOptions.inputs("L").outputs("out");
      try (RunResult result = session.compile("out = L", options).run(inputs)) {
        assertThat(result.map("out")).isEqualTo(Map.of("inner", List.of(1L, 2L)));
      }
    }
  }

  @Test
  void cellsAreThoseThatTheyAreWhenTheRunBegins() throws CompileException {
    double[][] cells = large(0);
    String[] texts = {"a", "b"};
    Columns frame = Columns.of("t", texts);
    texts[0] = "changed";
    assertThat(frame.texts("t")).containsExactly("a", "b");
    frame.texts("t")[0] = "changed";
    assertThat(frame.texts("t")).containsExactly("a", "b");
    Inputs inputs = Inputs.of("L", List.of(cells, frame));
    try (Session session = Reprise.session(Scripts.config())) {
      CompileOptions options = CompileOptions.inputs("L").outputs("out");
      Script script = session.compile("A = as.matrix(L[1]); out = sum(t(A) %*% A)", options);
      double before;
      try (RunResult result = script.run(inputs)) {
        before = result.scalar("out").asDouble();
        cells[0][0] = 1000;
        assertThat(result.scalar("out").asDouble()).isEqualTo(before);
      }
      try (RunResult result = script.run(inputs)) {
        assertThat(result.scalar("out").asDouble()).isGreaterThan(before + 1e5);
      }
    }
  }

  @Test
  void whatAScriptDoesToAListIsNotSeenOutside() throws CompileException {
    try (Session session = Reprise.session(Scripts.config());
        Matrix bound = session.matrix(X)) {
      Script script =
          session.compile(
              """
              A = as.matrix(L[1])
              A[1, 1] = 100
              L[1] = A
              L = append(L, 5)
              out = sum(as.matrix(L[1]))
              """,
              CompileOptions.inputs("L").outputs("out"));
      Inputs inputs = Inputs.of("L", List.of(bound, X));
      for (int i = 0; i < 2; i++) {
        try (RunResult result = script.run(inputs)) {
          assertThat(result.scalar("out").asDouble()).isEqualTo(109);
        }
      }
      assertThat(bound.toArray()).isDeepEqualTo(X);
    }
  }

  @Test
  void aMistakeIsNamedByItsPlace() {
    Map<String, Object> holes = new LinkedHashMap<>();
    holes.put("weights", null);
    assertThatThrownBy(() -> Inputs.of("features", List.of(1, 2, holes)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "input 'features[2].weights' must be a Matrix, double[][], Columns, List, Map, number,"
                + " boolean or text, not null");
    assertThatThrownBy(() -> Inputs.of("f", Arrays.asList(1, null)))
        .hasMessageStartingWith("input 'f[1]' must be")
        .hasMessageEndingWith("not null");
    assertThatThrownBy(() -> Inputs.of("f", Map.of("a", new Object())))
        .hasMessageStartingWith("input 'f.a' must be")
        .hasMessageEndingWith("not java.lang.Object");
    assertThatThrownBy(() -> Inputs.of("f", List.of(new double[] {1})))
        .hasMessageContaining("not double[]; a row is {{1, 2}}");
    assertThatThrownBy(() -> Inputs.of("f", Map.of(1, 2)))
        .hasMessageStartingWith("input 'f': the keys of a map are the names")
        .hasMessageEndingWith("not a java.lang.Integer");
    assertThatThrownBy(() -> Inputs.of("f", List.of(Map.of("", 2))))
        .hasMessageStartingWith("input 'f[0]': the keys")
        .hasMessageEndingWith("not \"\"");
  }

  @Test
  void twoElementsOfOneNameAreRefused() {
    // Compares keys by identity, so that it has two equal ones.
    Map<String, Object> twice = new IdentityHashMap<>();
    twice.put(new String(new char[] {'a'}), 1);
    twice.put(new String(new char[] {'a'}), 2);
    assertThatThrownBy(() -> Inputs.of("f", List.of(twice)))
        .hasMessage("input 'f[0]' has two elements of the name 'a'");
  }

  @Test
  void aListThatContainsItselfIsRefused() {
    List<Object> own = new ArrayList<>();
    own.add(own);
    assertThatThrownBy(() -> Inputs.of("f", own))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does this one contain itself?");
  }

  @Test
  void raggedRowsInAListAreNamedAndLeaveNothing() throws CompileException {
    Session session = Reprise.session(Scripts.config());
    try (session) {
      Script script = session.compile("out = length(f)", CompileOptions.inputs("f").outputs("out"));
      double[][] ragged = {{1, 2}, {3}};
      assertThatThrownBy(() -> script.run(Inputs.of("f", List.of(X, Map.of("weights", ragged), X))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("input 'f[1].weights': row 1 has 1 cells, but row 0 has 2");
      Matrix closed = session.matrix(X);
      closed.close();
      assertThatThrownBy(() -> script.run(Inputs.of("f", List.of(X, closed))))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is closed");
    }
    assertThat(session.liveBuffersAtClose()).isZero();
  }

  @Test
  void outputsOfAnotherTypeAreTold() throws CompileException {
    try (Session session = Reprise.session(Scripts.config())) {
      CompileOptions options = CompileOptions.none().outputs("n", "L", "twice");
      Script script = session.compile("n = 3; L = list(1, 2); twice = list(a=1, 2)", options);
      try (RunResult result = script.run()) {
        assertThatThrownBy(() -> result.list("n"))
            .hasMessage("output 'n' is an integer 3, not a list");
        assertThatThrownBy(() -> result.map("n"))
            .hasMessage("output 'n' is an integer 3, not a list");
        assertThatThrownBy(() -> result.frame("L"))
            .hasMessage("output 'L' is a list of 2, not a frame");
        for (String name : new String[] {"L", "twice"}) {
          assertThatThrownBy(() -> result.map(name))
              .hasMessage(
                  "the elements of list '"
                      + name
                      + "' do not have a name each of their own; read them with list");
        }
      }
    }
  }

  @Test
  void columnsThatMakeNoFrameAreRefused() {
    Columns one = Columns.of("a", new double[] {1, 2});
    assertThatThrownBy(() -> one.and("b", new double[] {1}))
        .hasMessage("column 'b' has 1 cells, but column 'a' has 2");
    assertThatThrownBy(() -> one.and("a", new double[] {1, 2}))
        .hasMessage("there are two columns of the name 'a'");
    assertThatThrownBy(() -> one.and("b", List.of(1, 2)))
        .hasMessageStartingWith("column 'b' must be an array of texts, numbers or truth values");
    assertThatThrownBy(() -> one.numbers("c")).hasMessage("there is no column 'c'; columns are a");
    assertThatThrownBy(() -> Columns.of("t", new String[] {"x"}).numbers("t"))
        .hasMessage("column 't' has texts, not numbers; read it with texts");
  }

  @Test
  void framesAndListsThatAStoreKeptAreRead(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("f.csv"), "x,y\n".repeat(3000));
    SessionConfig config = Scripts.config().withStore(Scripts.keepingAll(folder.resolve("store")));
    for (int i = 0; i < 3; i++) {
      try (Session session = Reprise.session(config.withWorkingDirectory(folder))) {
        CompileOptions options = CompileOptions.none().outputs("F", "L");
        Script script =
            session.compile(
                "F = read(\"f.csv\", data_type=\"frame\", format=\"csv\"); L = list(f=F)", options);
        try (RunResult result = script.run()) {
          assertThat(result.frame("F").rows()).isEqualTo(3000);
          assertThat(((Columns) result.map("L").get("f")).texts("C2")).containsOnly("y");
        }
      }
    }
  }

  @Test
  void aListComesBackToTheNextRun() throws CompileException {
    try (Session session = Reprise.session(Scripts.config())) {
      CompileOptions options = CompileOptions.inputs("L").outputs("L");
      Script script = session.compile("L = append(L, length(L))", options);
      List<Object> list = List.of(X, cities());
      for (int i = 2; i < 5; i++) {
        try (RunResult result = script.run(Inputs.of("L", list))) {
          list = result.list("L");
        }
      }
      assertThat(list).hasSize(5).endsWith(2L, 3L, 4L);
    }
  }
}

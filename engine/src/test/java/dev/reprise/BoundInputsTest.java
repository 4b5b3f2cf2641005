package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.language.CompileException;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a run binds is what its script was compiled with. */
class BoundInputsTest {
  private static final double[][] X = {{1, 2}};

  @Test
  void anInputWithoutValueIsNamedBeforeTheRun() throws CompileException {
    try (Session session = Reprise.session(Scripts.config())) {
      Script script = session.compile("s = sum(X) * k", CompileOptions.inputs("X", "k"));
      assertThatThrownBy(() -> script.run(Inputs.of("X", X)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("input 'k' has no value");
      assertThatThrownBy(script::run).hasMessageContaining("input 'X' has no value");
    }
  }

  @Test
  void aNameThatIsNoInputIsRefusedWithThoseThatAre() throws CompileException {
    try (Session session = Reprise.session(Scripts.config())) {
      // A variable of the script, and nothing at all.
      Script script = session.compile("y = 1; s = sum(X) * y", CompileOptions.inputs("X"));
      for (String name : new String[] {"y", "Z"}) {
        assertThatThrownBy(() -> script.run(Inputs.of("X", X).and(name, 2)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("the script has no input '" + name + "': it was compiled with X");
      }
      Script none = session.compile("y = 1", CompileOptions.none());
      assertThatThrownBy(() -> none.run(Inputs.of("y", 2))).hasMessageContaining("with none");
    }
  }

  @Test
  void anInputThatTheScriptDoesNotUseMayBeBound() throws CompileException {
    try (Session session = Reprise.session(Scripts.config())) {
      CompileOptions options = CompileOptions.inputs("X", "unused").outputs("s");
      Script script = session.compile("s = sum(X)", options);
      try (RunResult result = script.run(Inputs.of("X", X).and("unused", X))) {
        assertThat(result.scalar("s").asDouble()).isEqualTo(3.0);
      }
    }
  }

  @Test
  void rowsThatMakeNoMatrixAreRefusedAndLeaveNothing() throws CompileException {
    Session session = Reprise.session(Scripts.config());
    double[][] missing = {{1, 2}, null};
    assertThatThrownBy(() -> session.matrix(missing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row 1 is null");
    assertThatThrownBy(() -> session.matrix(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a matrix is made of rows, but got null");
    Script script = session.compile("s = sum(X)", CompileOptions.inputs("X"));
    assertThatThrownBy(() -> script.run(Inputs.of("X", missing)))
        .hasMessage("input 'X': row 1 is null");
    assertThatThrownBy(() -> script.run(Inputs.of("X", new double[][] {{1}, {2, 3}})))
        .hasMessage("input 'X': row 1 has 2 cells, but row 0 has 1");
    session.close();
    assertThat(session.liveBuffersAtClose()).isZero();
  }

  @Test
  void anOutputOfAnotherTypeIsToldWithItsValue() throws CompileException {
    try (Session session = Reprise.session(Scripts.config())) {
      CompileOptions options = CompileOptions.none().outputs("n", "X");
      try (RunResult result = session.compile("n = 3; X = matrix(1, 2, 5)", options).run()) {
        assertThatThrownBy(() -> result.matrix("n"))
            .hasMessage("output 'n' is an integer 3, not a matrix");
        assertThatThrownBy(() -> result.scalar("X"))
            .hasMessage("output 'X' is a matrix 2x5, not a scalar");
      }
    }
  }

  @Test
  void anOutputThatNoPathAssignsIsToldWhenTheScriptIsCompiled() throws CompileException {
    try (Session session = Reprise.session(Scripts.config())) {
      CompileOptions options = CompileOptions.inputs("X").outputs("model", "X", "p", "some");
      assertThatThrownBy(() ->
              session.compile(
                  """
                  Model = X + 1
                  parfor (i in 1:2) { p = i }
                  if (sum(X) > 0) { some = 1 }
                  print(oops)

                  """,
                  options))
          .isInstanceOf(CompileException.class)
          .hasMessageContaining(":4:7: error: the variable 'oops' is not defined")
          .hasMessageContaining(":4:1: error: the output 'model' is never assigned")
          .hasMessageContaining("did you mean 'Model'?")
          .hasMessageContaining(":4:1: error: the output 'p' is never assigned")
          .hasMessageContaining("what a parfor body assigns stays inside")
          .hasMessageNotContaining("'some'")
          .hasMessageNotContaining("'X'");
    }
  }

  @Test
  void anOutputThatOnlySomePathsAssignIsToldWhenItHasNoValue() throws CompileException {
    try (Session session = Reprise.session(Scripts.config())) {
      Script script =
          session.compile("if (x > 0) { y = 1 }", CompileOptions.inputs("x").outputs("y"));
      script.run(Inputs.of("x", 1)).close();
      assertThatThrownBy(() -> script.run(Inputs.of("x", -1)))
          .hasMessage("error: output 'y' has no value at the end of the script");
    }
  }

  @Test
  void theMessageOfAScriptThatDoesNotCompileHasAllMistakes() {
    try (Session session = Reprise.session(Scripts.config())) {
      assertThatThrownBy(() -> session.compile("x = foo(1)\ny = lenght(x)", CompileOptions.none()))
          .isInstanceOf(CompileException.class)
          .hasMessageContaining(":1:5: error: unknown function 'foo'\n  x = foo(1)\n      ^~~")
          .hasMessageContaining(":2:5: error: unknown function 'lenght'")
          .hasMessageContaining("did you mean 'length'?")
          .hasMessageNotContaining("Diagnostic[");
    }
  }

  @Test
  void budgetsBelowZeroAreRefusedByName() {
    SessionConfig config = Scripts.config();
    assertThatThrownBy(() -> config.withDiskBytes(-1)).hasMessageContaining("diskBytes");
    assertThatThrownBy(() -> config.withLineageBytes(-1)).hasMessageContaining("lineageBytes");
    assertThatThrownBy(() -> config.withReuse(null)).hasMessage("reuse");
  }

  @Test
  void whatMayNotBeMissingIsRefusedByName() throws CompileException {
    SessionConfig config = Scripts.config();
    Map<String, ThrowingCallable> missing =
        Map.of(
            "workingDirectory", () -> config.withWorkingDirectory(null),
            "out", () -> config.withOutput(null, config.err()),
            "err", () -> config.withOutput(config.out(), null),
            "natives", () -> config.withNatives(null),
            "spillFolder", () -> config.withSpillFolder(null),
            "traps", () -> config.withTraps(null),
            "library", () -> config.withLibrary(null),
            "config", () -> Reprise.session(null),
            "name", () -> Inputs.of(null, 1),
            "arguments", () -> CompileOptions.none().arguments(null));
    missing.forEach((name, call) ->
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(name));
    assertThatThrownBy(() -> CompileOptions.inputs("X", null)).hasMessage("name");
    try (Session session = Reprise.session(config)) {
      assertThatThrownBy(() -> session.compile("x = 1", null)).hasMessage("options");
      Script script = session.compile("x = 1", CompileOptions.none().outputs("x"));
      assertThatThrownBy(() -> script.run(null)).hasMessage("inputs");
      try (RunResult result = script.run()) {
        assertThatThrownBy(() -> result.scalar(null)).hasMessage("name");
      }
    }
  }
}

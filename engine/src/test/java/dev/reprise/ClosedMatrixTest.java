package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.language.CompileException;
import org.junit.jupiter.api.Test;

/** A matrix that was closed is refused in plain words, and harms nothing. */
class ClosedMatrixTest {
  private static final String CLOSED = "this matrix of shape 2x1 is closed";

  @Test
  void aClosedMatrixIsNeitherBoundNorRead() throws CompileException {
    try (Session session = Reprise.session(Scripts.config())) {
      Script script = session.compile("s = sum(X)", CompileOptions.inputs("X").outputs("s"));
      Matrix X = session.matrix(new double[][] {{1}, {2}});
      X.close();
      X.close();
      assertThatThrownBy(() -> script.run(Inputs.of("X", X)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(CLOSED);
      assertThatThrownBy(X::toArray).hasMessageContaining(CLOSED);
      assertThatThrownBy(() -> X.get(0, 0)).hasMessageContaining(CLOSED);
      try (RunResult result = script.run(Inputs.of("X", new double[][] {{3}, {4}}))) {
        assertThat(result.scalar("s").asDouble()).isEqualTo(7);
      }
    }
  }

  @Test
  void aHandleOutlivesItsResult() throws CompileException {
    try (Session session = Reprise.session(Scripts.config())) {
      Script script = session.compile("Y = X + 1", CompileOptions.inputs("X").outputs("Y"));
      Matrix handle;
      try (RunResult result = script.run(Inputs.of("X", new double[][] {{1}, {2}}))) {
        handle = result.handle("Y");
      }
      try (handle;
          RunResult again = script.run(Inputs.of("X", handle))) {
        assertThat(again.matrix("Y")).isDeepEqualTo(new double[][] {{3}, {4}});
      }
    }
  }

  @Test
  void aClosedResultSaysSo() throws CompileException {
    try (Session session = Reprise.session(Scripts.config())) {
      RunResult result =
          session.compile("Y = matrix(1, 2, 2)", CompileOptions.none().outputs("Y")).run();
      result.close();
      assertThatThrownBy(() -> result.matrix("Y"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the result is closed");
      assertThatThrownBy(() -> result.value("Y"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the result is closed");
      // Traces hold no memory of the session.
      assertThat(result.lineage("Y")).contains("matrix");
    }
  }

  @Test
  void whatIsNoOutputIsRefusedWithTheNamesOfThoseThatAre() throws CompileException {
    try (Session session = Reprise.session(Scripts.config());
        RunResult result =
            session
                .compile("c = 1; b = 2; a = 3", CompileOptions.none().outputs("c", "b", "a"))
                .run()) {
      assertThatThrownBy(() -> result.scalar("z"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("'z' was not compiled as an output; outputs are a, b, c");
      assertThatThrownBy(() -> result.lineage("z"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'z' was not compiled as an output");
    }
  }
}

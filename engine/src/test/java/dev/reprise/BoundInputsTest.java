package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.language.CompileException;
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
}

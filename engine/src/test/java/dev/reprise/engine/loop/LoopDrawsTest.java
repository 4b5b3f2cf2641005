package dev.reprise.engine.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.CompileException;
import dev.reprise.language.Compiler;
import dev.reprise.language.SourceFile;
import dev.reprise.language.SourceResolver;
import dev.reprise.language.program.Block;
import dev.reprise.language.program.Procedure;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which loops may draw seeds. */
class LoopDrawsTest {
  private static final SourceResolver NO_FILES =
      new SourceResolver() {
        @Override
        public Optional<SourceFile> library(String functionName) {
          return Optional.empty();
        }

        @Override
        public Optional<SourceFile> source(String path, SourceFile from) {
          return Optional.empty();
        }
      };

  @Test
  void aTransformDrawsNothingUnlessItsSpecMayHaveFunctions() throws CompileException {
    assertThat(mayDraw("transformapply(target=F, meta=M, spec=\"{recode:[1]}\")")).isFalse();
    assertThat(mayDraw("transformapply(target=F, meta=M, spec=\"{udf:{name:f, ids:[1]}}\")"))
        .isTrue();
    assertThat(mayDraw("transformapply(target=F, meta=M, spec=s)")).isTrue();
    assertThat(mayDraw("transformencode(target=F, spec=\"{recode:[1]}\")")).isFalse();
    assertThat(mayDraw("transformencode(target=F, spec=\"{'\\\\u0075df':{name:f, ids:[1]}}\")"))
        .isTrue();
    assertThat(mayDraw("eval(\"f\", F)")).isTrue();
    assertThat(mayDraw("as.matrix(F)")).isFalse();
  }

  private static boolean mayDraw(String expression) throws CompileException {
    String script =
        """
        F = read("f", data_type="frame")
        M = read("m", data_type="frame")
        s = "{recode:[1]}"
        for (i in 1:3) {
          X = %s
        }
        print(toString(X))
        """
            .formatted(expression);
    Procedure main =
        Compiler.compile(new SourceFile("test.dml", script), Map.of(), NO_FILES, Set.of())
            .program()
            .main();
    Block loop = main.body().stream().filter(Block.For.class::isInstance).findFirst().orElseThrow();
    return LoopTrace.mayDraw(loop, main.constants());
  }
}

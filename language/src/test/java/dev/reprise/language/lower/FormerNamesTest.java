package dev.reprise.language.lower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.language.CompileException;
import dev.reprise.language.Compiler;
import dev.reprise.language.Diagnostic;
import dev.reprise.language.Scripts;
import dev.reprise.language.SourceFile;
import dev.reprise.language.SourceResolver;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FormerNamesTest {
  private static final SourceResolver LIBRARY =
      Scripts.files(
          Map.of(
              "lib/l2svm.dml",
              "l2svm = function(Double X, Double reg = 1) return (Double w) { w = X * reg }",
              "lib/naiveBayes.dml",
              "naiveBayes = function(Double D) return (Double p) { p = D }",
              "lib/gelu.dml",
              "gelu = function(Double first, Double second) return (Double p) { p = first }",
              "lib/exp.dml",
              "exp = function(Double first, Double second) return (Double p) { p = first }"));

  @Test
  void theFormerNameOfAnArgumentIsAcceptedWithOneWarning() throws CompileException {
    assertThat(warnings("a = l2svm(X=1, lambda=2)\nb = l2svm(X=2, lambda=3)\nprint(a + b)"))
        .containsExactly("the argument 'lambda' of 'l2svm' is called 'reg' today");
  }

  @Test
  void theFormerNameOfAFunctionIsAcceptedWithAWarning() throws CompileException {
    assertThat(warnings("print(naivebayes(3))"))
        .containsExactly("'naivebayes' is called 'naiveBayes' today");
  }

  @Test
  void aFunctionOfTheScriptKeepsItsOwnNames() throws CompileException {
    String own = "l2svm = function(Double lambda) return (Double w) { w = lambda }\n";
    assertThat(warnings(own + "print(l2svm(lambda=2))")).isEmpty();
  }

  @Test
  void aFunctionOfALibraryGoesBeforeABuiltinThatSystemDsHasNot() throws CompileException {
    assertThat(warnings("print(gelu(first=1, second=2) + relu(3) + exp(1))")).isEmpty();
  }

  @Test
  void aFunctionOfALibraryDoesNotGoBeforeOtherBuiltins() {
    assertThatThrownBy(() -> warnings("print(exp(first=1, second=2))"))
        .isInstanceOf(CompileException.class);
  }

  private static List<String> warnings(String text) throws CompileException {
    return Compiler.compile(new SourceFile("test.dml", text), Map.of(), LIBRARY, Set.of())
        .warnings()
        .stream()
        .map(Diagnostic::message)
        .toList();
  }
}

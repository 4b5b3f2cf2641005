package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.reprise.ScriptException;
import dev.reprise.language.CompileException;
import dev.reprise.language.Diagnostic;
import dev.reprise.language.Position;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Exceptions can be sent to another process, as by a cluster that runs the Java API. */
class SerializableExceptionsTest {
  private static final Position PLACE = new Position("a.dml", 3, 5);

  private static Throwable sent(Throwable exception) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(exception);
    }
    try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (Throwable) in.readObject();
    }
  }

  private static List<JavaClass> exceptions() {
    return new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.reprise")
            .stream()
            .filter(type -> type.isAssignableTo(Throwable.class))
            .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
            .toList();
  }

  @Test
  void fieldsOfEachAreSerializableOrTransient() {
    List<String> others = new ArrayList<>();
    for (JavaClass type : exceptions()) {
      for (JavaField field : type.getFields()) {
        JavaClass base = field.getRawType().getBaseComponentType();
        if (!field.getModifiers().contains(JavaModifier.STATIC)
            && !field.getModifiers().contains(JavaModifier.TRANSIENT)
            && !base.isPrimitive()
            && !base.isAssignableTo(Serializable.class)) {
          others.add(field.getFullName());
        }
      }
    }
    assertThat(exceptions()).hasSizeGreaterThan(15);
    assertThat(others).isEmpty();
  }

  @Test
  void eachThatCanBeMadeArrivesWithItsMessage() throws Exception {
    List<String> sent = new ArrayList<>();
    for (JavaClass type : exceptions()) {
      for (Constructor<?> constructor : type.reflect().getDeclaredConstructors()) {
        Throwable made = madeOrNull(constructor);
        if (made != null) {
          assertThat(sent(made)).as(type.getName()).hasMessage(made.getMessage());
          sent.add(type.getSimpleName());
        }
      }
    }
    assertThat(sent)
        .contains(
            "OperandException",
            "ResourceException",
            "FormatException",
            "DeviceException",
            "ShortageException",
            "StoreException",
            "ServerException",
            "TraceFormatException",
            "MalformedChangeException");
  }

  /** What a constructor makes of texts, numbers and truth values; null when it takes others. */
  private static Throwable madeOrNull(Constructor<?> constructor)
      throws InstantiationException, IllegalAccessException {
    Class<?>[] types = constructor.getParameterTypes();
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      arguments[i] = argumentOrNull(types[i]);
      if (arguments[i] == null) {
        return null;
      }
    }
    try {
      constructor.setAccessible(true);
      return (Throwable) constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw new AssertionError(e);
    }
  }

  private static Object argumentOrNull(Class<?> type) {
    if (type == String.class) {
      return "text";
    } else if (type == int.class) {
      return 7;
    } else if (type == long.class) {
      return 7L;
    } else if (type == boolean.class) {
      return true;
    } else if (type == Throwable.class || type == IOException.class) {
      return new IOException("cause");
    }
    return null;
  }

  @Test
  void theFailureOfAScriptKeepsItsPlaceAndItsCalls() throws Exception {
    ScriptException failed =
        new ScriptException(
                ScriptException.Kind.SCRIPT,
                "shapes differ",
                PLACE,
                List.of(new ScriptException.Call("f", new Position("a.dml", 9, 1))),
                new IOException("cause"))
            .withSourceLine("  A %*% B");
    ScriptException back = (ScriptException) sent(failed);
    assertThat(back).hasMessage(failed.getMessage());
    assertThat(back.getMessage()).contains("in function f, called at a.dml:9:1");
    assertThat(back.position()).isEqualTo(PLACE);
    assertThat(back.calls()).isEqualTo(failed.calls());
    assertThat(back.kind()).isEqualTo(ScriptException.Kind.SCRIPT);
    assertThat(back.getCause()).hasMessage("cause");
  }

  @Test
  void mistakesOfAScriptKeepTheirDiagnostics() throws Exception {
    CompileException failed =
        new CompileException(
            List.of(
                new Diagnostic(
                    Diagnostic.Severity.ERROR, PLACE, 2, "no such function", "sum?", "x = sm(1)")));
    CompileException back = (CompileException) sent(failed);
    assertThat(back).hasMessage(failed.getMessage());
    assertThat(back.diagnostics()).isEqualTo(failed.diagnostics());
  }
}

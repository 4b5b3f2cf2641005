package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Device;
import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** What the fake checks of those who use it, and that orders reach the calls that they name. */
class FakeAcceleratorTest {
  private static final Operation MATRIX =
      new Operation(OperationTable.standard().get("matrix"), Attributes.none());

  /** Makes a matrix of one cell from any operands. */
  private static final class One implements Device {
    @Override
    public String name() {
      return "one";
    }

    @Override
    public boolean supports(Operation operation) {
      return true;
    }

    @Override
    public Operand[] execute(Operation operation, Operand[] inputs, ExecutionContext context) {
      DenseMatrix result = DenseMatrix.allocate(context.allocator(), 1, 1);
      result.set(0, 0, 7);
      return new Operand[] {result};
    }
  }

  private final FakeAccelerator fake = new FakeAccelerator("fake:0", new One(), 256);
  private final MemorySegment host = Arena.ofAuto().allocate(64, 8);

  private DeviceBuffer launched() {
    DeviceOperand[] inputs = {Scalar.of(7.0), Scalar.of(1), Scalar.of(1)};
    return ((DeviceMatrix) fake.launch(MATRIX, inputs, fake::allocate)[0]).buffer();
  }

  @Test
  void cellsAreReadOnlyBehindAMarkThatWasWaitedFor() {
    DeviceBuffer made = launched();
    assertThatThrownBy(() -> fake.download(made, host, 8))
        .hasMessageContaining("are read before launch 1 has ended");
    fake.mark().await();
    fake.download(made, host, 8);
    assertThat(host.get(ValueLayout.JAVA_DOUBLE, 0)).isEqualTo(7);
    made.release();
    assertThat(fake.liveScratch()).isZero();
  }

  @Test
  void aBufferIsReleasedOnceAndNotUsedAfterwards() {
    DeviceBuffer buffer = fake.allocate(8);
    assertThat(fake.liveBuffers()).isEqualTo(1);
    buffer.release();
    assertThat(fake.usedBytes()).isZero();
    assertThatThrownBy(buffer::release).hasMessageContaining("released twice");
    assertThatThrownBy(() -> fake.upload(host, buffer, 8))
        .hasMessageContaining("used after its release");
  }

  @Test
  void allocationsEndAtTheLimitAndWhereOrdered() {
    fake.failAllocation(2);
    fake.allocate(200).release();
    assertThatThrownBy(() -> fake.allocate(8)).isInstanceOf(ResourceException.class);
    DeviceBuffer most = fake.allocate(256);
    assertThatThrownBy(() -> fake.allocate(1)).isInstanceOf(ResourceException.class);
    most.release();
    assertThat(fake.allocations()).isEqualTo(4);
  }

  @Test
  void theLaunchThatIsOrderedToFailFailsAndTheNextOneWorks() {
    fake.failLaunch(1);
    assertThatThrownBy(this::launched)
        .isInstanceOfSatisfying(DeviceException.class, e -> assertThat(e.isLost()).isFalse())
        .hasMessageContaining("launch 1 was ordered to fail");
    launched().release();
    assertThat(fake.log()).containsExactly("matrix", "matrix");
  }

  @Test
  void aDeviceThatIsLostAtACopyIsLostForEverything() {
    fake.loseAtCopy(1);
    DeviceBuffer buffer = fake.allocate(8);
    assertThatThrownBy(() -> fake.upload(host, buffer, 8))
        .isInstanceOfSatisfying(DeviceException.class, e -> assertThat(e.isLost()).isTrue());
    assertThatThrownBy(() -> fake.allocate(8)).isInstanceOf(DeviceException.class);
    buffer.release();
  }
}

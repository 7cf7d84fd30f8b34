namespace Offproof.Device;

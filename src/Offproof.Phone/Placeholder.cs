namespace Offproof.Phone;
